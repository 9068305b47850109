//! Tables of results over several seeds: a row for each run, with mean ± standard deviation, median and quartiles.

use super::results_table::{TableFormat, loss_text, write};
use crate::engine::analysis::seed_stats::SeedStats;
use crate::engine::training::Outcome;
use std::io;

/// A table over seeds. Runs that diverged are counted in a column of their own, and in no statistic.
pub struct SeedTable {
    format: TableFormat,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A number of a run, with the value of each of its seeds that did not diverge.
pub struct SeedColumn {
    /// Name of the number.
    pub name: &'static str,
    /// Its value for each seed.
    pub values: Vec<f64>,
    /// Whether the table has its median and its quartiles too.
    pub with_median: bool,
}

/// The results of a run with several seeds.
pub struct SeedRow {
    /// Number of the run, from 1; only CSV has it.
    pub number: usize,
    /// Name of the run.
    pub name: String,
    /// Settings that differ between rows of a run, by name.
    pub settings: Vec<(String, String)>,
    /// The numbers.
    pub columns: Vec<SeedColumn>,
    /// How the run ended with each seed.
    pub outcomes: Vec<Outcome>,
    /// The run's spec.
    pub spec: String,
}

impl SeedTable {
    /// Creates a table without rows.
    pub fn new(format: TableFormat) -> Self {
        Self {
            format,
            header: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; all rows have the same columns.
    pub fn add(&mut self, row: SeedRow) {
        let is_csv = self.format == TableFormat::Csv;
        let number = is_csv.then(|| ("run".to_owned(), row.number.to_string()));
        let labels = number.into_iter().chain([("name".to_owned(), row.name)]);
        let (mut header, mut cells): (Vec<String>, Vec<String>) =
            labels.chain(row.settings).unzip();
        let mut add = |name: String, cell: String| {
            header.push(name);
            cells.push(cell);
        };
        for SeedColumn {
            name,
            values,
            with_median,
        } in row.columns
        {
            let stats = SeedStats::of(values);
            let text = |of: fn(&SeedStats) -> f64| loss_text(stats.as_ref().map(of));
            let [mean, sd] = [text(|s| s.mean), text(|s| s.sd)];
            let [median, low, high] = [
                text(|s| s.median),
                text(|s| s.quartiles[0]),
                text(|s| s.quartiles[1]),
            ];
            if is_csv {
                add(format!("{name} mean"), mean);
                add(format!("{name} sd"), sd);
            } else {
                let text = stats.as_ref().map(|s| mean_text(s.mean, s.sd));
                add(name.to_owned(), text.unwrap_or(mean));
            }
            if with_median && is_csv {
                add(format!("{name} median"), median);
                add(format!("{name} q25"), low);
                add(format!("{name} q75"), high);
            } else if with_median {
                add(format!("{name}, median"), median);
                let quartiles = match stats {
                    Some(_) => format!("{low} to {high}"),
                    None => low,
                };
                add("quartiles".to_owned(), quartiles);
            }
        }
        let all = row.outcomes.len();
        let diverged = { row.outcomes.iter() }.filter(|end| matches!(end, Outcome::Diverged(..)));
        let diverged = diverged.count();
        if is_csv {
            add("diverged".to_owned(), diverged.to_string());
            add("seeds".to_owned(), all.to_string());
        } else {
            add("diverged".to_owned(), format!("{diverged} of {all}"));
        }
        add("spec".to_owned(), row.spec);
        self.header = header;
        self.rows.push(cells);
    }

    /// Writes the table.
    ///
    /// # Errors
    /// Returns any I/O error from `out`.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let header: Vec<&str> = self.header.iter().map(String::as_str).collect();
        write(&header, &self.rows, self.format, out)
    }
}

/// Returns "mean ± standard deviation", both with the decimals of two digits of the standard deviation.
pub fn mean_text(mean: f64, sd: f64) -> String {
    let texts = [mean, sd].map(|number| loss_text(Some(number)));
    if !mean.is_finite() || !sd.is_finite() || sd <= 0.0 {
        return texts.join(" ± ");
    }
    let exponent = |number: f64| {
        let text = format!("{number:.1e}");
        let exponent = text
            .split_once('e')
            .and_then(|(_, exponent)| exponent.parse().ok());
        exponent.unwrap_or(0_i32)
    };
    let last = exponent(sd) - 1;
    // A double has seventeen digits.
    let digits = |count: i32| usize::try_from(count).unwrap_or(0).min(16);
    let is_fixed = last >= -6 && mean.abs().max(sd) < 1e6;
    let text = |number: f64| {
        if is_fixed {
            format!("{number:.0$}", digits(-last))
        } else {
            format!("{number:.0$e}", digits(exponent(number) - last))
        }
    };
    format!("{} ± {}", text(mean), text(sd))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::training::Reason;

    #[test]
    fn a_row_has_mean_and_deviation_of_the_seeds_that_did_not_diverge() {
        let text = |format| {
            let mut table = SeedTable::new(format);
            table.add(SeedRow {
                number: 1,
                name: "SGD".to_owned(),
                settings: Vec::new(),
                columns: vec![SeedColumn {
                    name: "final loss",
                    values: vec![1.0, 2.0, 3.0],
                    with_median: true,
                }],
                outcomes: [
                    vec![Outcome::Finished; 3],
                    vec![Outcome::Diverged(4, Reason::LossNotFinite)],
                ]
                .concat(),
                spec: "sgd:lr=1".to_owned(),
            });
            let mut out = Vec::new();
            table.write(&mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            text(TableFormat::Markdown),
            "| name | final loss | final loss, median | quartiles | diverged | spec |\n| --- | ---: | ---: | --- | --- | --- |\n\
             | SGD | 2.0 ± 1.0 | 2 | 1.5 to 2.5 | 1 of 4 | sgd:lr=1 |\n"
        );
        assert_eq!(
            text(TableFormat::Csv),
            "run,name,final_loss_mean,final_loss_sd,final_loss_median,final_loss_q25,final_loss_q75,diverged,seeds,spec\n\
             1,SGD,2,1,2,1.5,2.5,1,4,sgd:lr=1\n"
        );
        assert!(text(TableFormat::Latex).contains("SGD & $2.0 \\pm 1.0$ & $2$ &"));
    }

    #[test]
    fn two_digits_of_the_deviation_decide_the_decimals_of_both() {
        for (mean, sd, expected) in [
            (0.122_23, 0.123_19, "0.12 ± 0.12"),
            (0.1, 0.012_34, "0.100 ± 0.012"),
            (512.3, 123.4, "512 ± 123"),
            (1.234_5e-8, 5.6e-9, "1.23e-8 ± 5.6e-9"),
            (3.0, 2.0e-9, "3.0000000000e0 ± 2.0e-9"),
            (2.5e7, 1.2e6, "2.50e7 ± 1.2e6"),
            (0.0, 9.96, "0 ± 10"),
            (3.0, 4.4e-300, "3.0000000000000000e0 ± 4.4e-300"),
            (0.5, 0.0, "0.5 ± 0"),
        ] {
            assert_eq!(mean_text(mean, sd), expected);
        }
    }
}
