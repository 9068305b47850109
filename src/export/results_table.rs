//! Tables of results to paste: Markdown, LaTeX and CSV.

use super::trajectories::cell;
use crate::engine::declare::spec::real;
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

/// Text of a cell without a number; the cell is empty in CSV.
pub const NO_NUMBER: &str = "–";

/// Returns a loss with four digits, or a dash where there is none.
pub fn loss_text(loss: Option<f64>) -> String {
    let loss = loss.filter(|loss| loss.is_finite());
    loss.map_or(NO_NUMBER.to_owned(), |loss| {
        let rounded: f64 = format!("{loss:.3e}").parse().unwrap_or(loss);
        real(rounded)
    })
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
                let cells: Vec<String> = row
                    .iter()
                    .map(|text| if text == NO_NUMBER { "" } else { text })
                    .map(cell)
                    .collect();
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
            "spec,final_loss\na|b_c,1.5e-8\nsgd:lr=1;nesterov=true,\nA–B <x>,2\n"
        );
        let latex = text(TableFormat::Latex);
        for line in [
            "a\\textbar{}b\\_c & $1.5 \\times 10^{-8}$ \\\\\n",
            "A--B \\textless{}x\\textgreater{} & $2$ \\\\\n",
        ] {
            assert!(latex.contains(line), "{latex}");
        }
    }
}
