//! Tables of results to paste: Markdown, LaTeX and CSV.

use super::columns::number_cell;
use super::labels::cell;
use crate::engine::declare::spec::real;
use crate::engine::training::Outcome;
use std::io::{self, Write};

/// Format of a table of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// A table of GitHub's Markdown.
    Markdown,
    /// A `tabular` of LaTeX, with the rules of the package booktabs.
    Latex,
    /// A header and lines, without quotes.
    Csv,
}

/// Text of a cell without a number; CSV has NaN there.
pub const NO_NUMBER: &str = "–";

/// Returns a loss with four digits, or a dash where there is none.
pub fn loss_text(loss: Option<f64>) -> String {
    let loss = loss.filter(|loss| loss.is_finite());
    loss.map_or(NO_NUMBER.to_owned(), |loss| {
        let rounded: f64 = format!("{loss:.3e}").parse().unwrap_or(loss);
        real(rounded)
    })
}

/// The results of one run, a row of a table to paste.
pub struct ResultRow {
    /// Number of the run, from 1; only CSV has it.
    pub number: usize,
    /// Name of the run.
    pub name: String,
    /// Settings that differ between rows of a run, by name.
    pub settings: Vec<(String, String)>,
    /// Numbers, by name.
    pub results: Vec<(&'static str, String)>,
    /// Seed of the run; only CSV has it, unless it is one of the settings.
    pub seed: u64,
    /// How the run ended.
    pub outcome: Outcome,
    /// Spec of the run, with the settings of the row.
    pub spec: String,
}

impl ResultRow {
    /// Returns the cells with the names of their columns.
    fn cells(self, format: TableFormat) -> Vec<(String, String)> {
        let is_csv = format == TableFormat::Csv;
        let is_over_seed = self.settings.iter().any(|(name, _)| name == "seed");
        let text = |name: &str, cell: String| (name.to_owned(), cell);
        let mut cells = Vec::new();
        cells.extend(is_csv.then(|| text("run", self.number.to_string())));
        cells.push(text("name", self.name));
        cells.extend(self.settings);
        cells.extend({ self.results.into_iter() }.map(|(name, cell)| text(name, cell)));
        cells.extend((is_csv && !is_over_seed).then(|| text("seed", self.seed.to_string())));
        cells.push(text("outcome", self.outcome.name().to_owned()));
        cells.push(text("spec", self.spec));
        cells
    }
}

/// Writes a table of runs, all with the same settings and results. It has name and spec in every format, in CSV also run and seed.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn write_results(
    rows: impl IntoIterator<Item = ResultRow>,
    format: TableFormat,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows = rows.into_iter().map(|row| row.cells(format));
    let (mut header, mut lines) = (Vec::new(), Vec::new());
    for row in rows {
        let (names, cells) = row.into_iter().unzip();
        header = names;
        lines.push(cells);
    }
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    write(&header, &lines, format, out)
}

/// Writes a table; numbers are aligned to the right.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn write(
    header: &[&str],
    rows: &[Vec<String>],
    format: TableFormat,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_number = |column: usize| {
        let mut cells = rows.iter().map(|row| row[column].as_str());
        let is_number = |cell: &str| cell.split(" ± ").all(|part| part.parse::<f64>().is_ok());
        cells.all(|cell| cell.is_empty() || cell == NO_NUMBER || is_number(cell))
    };
    let numeric: Vec<bool> = (0..header.len()).map(is_number).collect();
    match format {
        TableFormat::Csv => {
            let names: Vec<String> = header.iter().map(|name| name.replace(' ', "_")).collect();
            writeln!(out, "{}", names.join(","))?;
            for row in rows {
                let cells = row
                    .iter()
                    .zip(&numeric)
                    .map(|(text, numeric)| match numeric {
                        true if text == NO_NUMBER => number_cell(None),
                        _ => cell(text),
                    });
                let cells: Vec<String> = cells.collect();
                writeln!(out, "{}", cells.join(","))?;
            }
        }
        TableFormat::Markdown => {
            writeln!(out, "| {} |", header.join(" | "))?;
            let rules = numeric
                .iter()
                .map(|numeric| if *numeric { "---:" } else { "---" });
            writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
            for row in rows {
                let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
                writeln!(out, "| {} |", cells.join(" | "))?;
            }
        }
        TableFormat::Latex => {
            let columns: String = numeric
                .iter()
                .map(|numeric| if *numeric { 'r' } else { 'l' })
                .collect();
            writeln!(out, "\\begin{{tabular}}{{{columns}}}\n\\toprule")?;
            let line = |cells: &mut dyn Iterator<Item = &str>| {
                let cells: Vec<String> = cells.map(latex).collect();
                cells.join(" & ") + " \\\\"
            };
            writeln!(out, "{}\n\\midrule", line(&mut header.iter().copied()))?;
            for row in rows {
                writeln!(out, "{}", line(&mut row.iter().map(String::as_str)))?;
            }
            writeln!(out, "\\bottomrule\n\\end{{tabular}}")?;
        }
    }
    Ok(())
}

/// Returns a cell for LaTeX: numbers like 1e-8 as powers of ten, other signs escaped.
fn latex(text: &str) -> String {
    let number = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())?;
        Some(match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{mantissa} \\times 10^{{{exponent}}}"),
            None => text.to_owned(),
        })
    };
    let numbers: Option<Vec<String>> = text.split(" ± ").map(number).collect();
    if let Some(numbers) = numbers {
        return format!("${}$", numbers.join(" \\pm "));
    }
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', char]),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '\\' => out.push_str("\\textbackslash{}"),
            '–' => out.push_str("--"),
            '<' => out.push_str("\\textless{}"),
            '>' => out.push_str("\\textgreater{}"),
            '|' => out.push_str("\\textbar{}"),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_ready_to_paste() {
        let rows = [
            vec!["a|b_c".to_owned(), "1.5e-8".to_owned()],
            vec!["sgd:lr=1,nesterov=true".to_owned(), "–".to_owned()],
            vec!["A–B <x>".to_owned(), "2".to_owned()],
        ];
        let text = |format| {
            let mut out = Vec::new();
            write(&["spec", "final loss"], &rows, format, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            text(TableFormat::Markdown),
            "| spec | final loss |\n| --- | ---: |\n| a\\|b_c | 1.5e-8 |\n| sgd:lr=1,nesterov=true | – |\n| A–B <x> | 2 |\n"
        );
        assert_eq!(
            text(TableFormat::Csv),
            "spec,final_loss\na|b_c,1.5e-8\nsgd:lr=1;nesterov=true,NaN\nA–B <x>,2\n"
        );
        let latex = text(TableFormat::Latex);
        for line in [
            "a\\textbar{}b\\_c & $1.5 \\times 10^{-8}$ \\\\\n",
            "A--B \\textless{}x\\textgreater{} & $2$ \\\\\n",
        ] {
            assert!(latex.contains(line), "{latex}");
        }
    }

    #[test]
    fn a_table_of_runs_has_their_specs_and_csv_also_number_and_seed() {
        let text = |format, settings: &[(&str, &str)]| {
            let settings =
                { settings.iter() }.map(|(name, value)| [*name, *value].map(str::to_owned));
            let row = ResultRow {
                number: 2,
                name: "fast".to_owned(),
                settings: settings.map(|[name, value]| (name, value)).collect(),
                results: vec![("final loss", "0.5".to_owned())],
                seed: 7,
                outcome: Outcome::Finished,
                spec: "sgd:lr=1,momentum=0.9".to_owned(),
            };
            let mut out = Vec::new();
            write_results([row], format, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            text(TableFormat::Csv, &[("lr", "1")]),
            "run,name,lr,final_loss,seed,outcome,spec\n2,fast,1,0.5,7,finished,sgd:lr=1;momentum=0.9\n"
        );
        assert_eq!(
            text(TableFormat::Csv, &[("seed", "3")]),
            "run,name,seed,final_loss,outcome,spec\n2,fast,3,0.5,finished,sgd:lr=1;momentum=0.9\n"
        );
        assert_eq!(
            text(TableFormat::Markdown, &[]),
            "| name | final loss | outcome | spec |\n| --- | ---: | --- | --- |\n| fast | 0.5 | finished | sgd:lr=1,momentum=0.9 |\n"
        );
    }
}
