//! Tables of sweeps as CSV and JSON. Floats are the shortest text that reads back to the same bits.

use super::SweepData;
use crate::engine::analysis::sweep::{AxisValues, Score, SweepAxis, SweepMetric};
use crate::engine::declare::Value;
use crate::engine::scene::Scene;
use serde_json::json;
use std::io::{self, Write};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Json,
}

/// Columns after those of the settings.
const COLUMNS: [&str; 5] = ["final_loss", "best_loss", "steps", "outcome", "diverged_at"];

/// A sweep with the scene and the arguments that it was computed from.
pub(super) struct Table<'a> {
    pub(super) scene: &'a Scene,
    /// Summary of the data file, or empty.
    pub(super) source: &'a str,
    pub(super) measure: SweepMetric,
    pub(super) goal: Option<f64>,
    pub(super) overs: &'a [SweepAxis],
    pub(super) results: &'a SweepData,
}

/// Results of one run: its index in the scene, its grids, its scores with the indices of their values, the best indices, and its limits.
struct Part<'a> {
    run: usize,
    grids: Vec<&'a AxisValues>,
    scores: Vec<(Vec<usize>, &'a Score)>,
    best: Option<Vec<usize>>,
    limit: serde_json::Value,
}

impl Table<'_> {
    fn parts(&self) -> Vec<Part<'_>> {
        match self.results {
            SweepData::Curves { curves, limits, .. } => curves
                .iter()
                .zip(limits)
                .map(|(curve, limit)| Part {
                    run: curve.line.run,
                    grids: vec![&curve.line.grid],
                    scores: curve
                        .scores
                        .iter()
                        .enumerate()
                        .map(|(index, score)| (vec![index], score))
                        .collect(),
                    best: curve.best(self.measure).map(|index| vec![index]),
                    limit: json!(limit),
                })
                .collect(),
            SweepData::Map { map, run, limits } => {
                let columns = map.grids[0].len();
                vec![Part {
                    run: *run,
                    grids: map.grids.iter().collect(),
                    scores: map
                        .scores
                        .iter()
                        .enumerate()
                        .map(|(index, score)| (vec![index % columns, index / columns], score))
                        .collect(),
                    best: map.best(self.measure).map(|at| at.to_vec()),
                    limit: json!(limits.as_ref().map(|(_, limits)| limits)),
                }]
            }
        }
    }

    pub(super) fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Csv => self.csv(out),
            Format::Json => self.json(out),
        }
    }

    fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let parts = self.parts();
        let several = parts.len() > 1;
        let settings: Vec<String> = self
            .overs
            .iter()
            .map(|over| quoted(&over.setting))
            .collect();
        let run = if several { "run," } else { "" };
        writeln!(out, "{run}{},{}", settings.join(","), COLUMNS.join(","))?;
        for part in &parts {
            let spec = quoted(&self.scene.runs[part.run].spec.to_string());
            for (at, score) in &part.scores {
                if several {
                    write!(out, "{spec},")?;
                }
                for (grid, index) in part.grids.iter().zip(at) {
                    write!(out, "{},", quoted(&grid.text(*index)))?;
                }
                for measure in [SweepMetric::Final, SweepMetric::Best] {
                    if let Some(loss) = score.value(measure) {
                        serde_json::to_writer(&mut *out, &loss)?;
                    }
                    out.write_all(b",")?;
                }
                let step =
                    |step: Option<u64>| step.map_or_else(String::new, |step| step.to_string());
                let outcome = score.outcome.name();
                let [reached, diverged] = [reached(score), score.diverged()].map(step);
                writeln!(out, "{reached},{outcome},{diverged}")?;
            }
        }
        Ok(())
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let names = self.scene.run_names();
        let overs: Vec<String> = self.overs.iter().map(ToString::to_string).collect();
        let head = [
            ("landscape", json!(self.scene.landscape)),
            ("start", json!(self.scene.start_theta())),
            ("training", json!(self.scene.training)),
            ("over", json!(overs)),
            ("measure", json!(self.measure.name())),
            ("goal", json!(self.goal)),
        ];
        out.write_all(b"{")?;
        let source = (!self.source.is_empty()).then(|| ("source", json!(self.source)));
        for (key, value) in head.into_iter().chain(source) {
            write!(out, "\"{key}\":{value},")?;
        }
        out.write_all(b"\n\"runs\":[")?;
        let mut columns: Vec<&str> = self
            .overs
            .iter()
            .map(|over| over.setting.as_str())
            .collect();
        columns.extend(COLUMNS);
        for (index, part) in self.parts().iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let best = part
                .best
                .as_ref()
                .map(|at| values(&part.grids, at))
                .map(serde_json::Value::from);
            write!(
                out,
                "{comma}\n{{\"spec\":{},\"name\":{},\"best\":{},\"lr_limit\":{},\"columns\":{},\"rows\":[",
                json!(self.scene.runs[part.run].spec),
                json!(names[part.run]),
                json!(best),
                part.limit,
                json!(columns)
            )?;
            for (row, (at, score)) in part.scores.iter().enumerate() {
                let mut cells = values(&part.grids, at);
                cells.extend([
                    json!(score.value(SweepMetric::Final)),
                    json!(score.value(SweepMetric::Best)),
                    json!(reached(score)),
                    json!(score.outcome.name()),
                    json!(score.diverged()),
                ]);
                let comma = if row > 0 { "," } else { "" };
                write!(out, "{comma}\n{}", serde_json::Value::from(cells))?;
            }
            out.write_all(b"\n]}")?;
        }
        out.write_all(b"\n]}\n")
    }
}

/// Returns the step at which a run that did not diverge reached the goal.
fn reached(score: &Score) -> Option<u64> {
    score.goal_step.filter(|_| score.diverged().is_none())
}

/// Returns the values of settings as JSON.
fn values(grids: &[&AxisValues], at: &[usize]) -> Vec<serde_json::Value> {
    grids
        .iter()
        .zip(at)
        .map(|(grid, index)| match &grid.values()[*index] {
            Value::Real(real) => json!(real),
            Value::Count(count) => json!(count),
            Value::Flag(flag) => json!(flag),
            Value::List(list) => json!(list),
            Value::Counts(counts) => json!(counts),
            Value::Choice(_) | Value::Text(_) | Value::None => json!(grid.text(*index)),
        })
        .collect()
}

/// Returns a text as a CSV cell.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
