//! Trajectories as JSON and CSV.
//!
//! A landscape of two parameters has the columns `x` and `y`, one of a single parameter has `x` alone, and its start is one
//! number. Floats are the shortest text that reads back to the same bits. A diverged run's rows end before the first number that
//! is not finite. With curvature there are two more columns, `lambda_min` and `lambda_max`; where the Hessian is not
//! finite although the loss is, they hold `null` in JSON and nothing in CSV. Then comes `cost`, all that was asked for so far in
//! gradients. A run that keeps an average of its iterates has it last, in `average_x` and `average_y`; in a CSV with such a run, they
//! hold nothing for the others.

use crate::engine::scene::Scene;
use crate::engine::training::{Outcome, Reason, Trajectory};
use crate::engine::results::Runs;
use std::io::{self, Write};

/// The columns of a table. The two parameters are `x` and `y` on every landscape; there is no `y` where there is one.
pub const COLUMNS: [&str; 7] = ["step", "evaluations", "x", "y", "loss", "grad_norm", "lr"];

/// The columns that curvature adds.
pub const CURVATURE: [&str; 2] = ["lambda_min", "lambda_max"];

/// The column that follows: values, gradients and Hessians that the optimizer asked for, together, in gradients.
pub const COST: &str = "cost";

/// The columns of a run that keeps an average of its iterates.
pub const AVERAGE: [&str; 2] = ["average_x", "average_y"];

/// How trajectories are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `{"landscape":…,"source":…,"start":[…],"training":{…},"runs":[{"spec":…,"name":…,"outcome":…,"diverged_at":…,
    /// "converged_at":…,"reason":…,"columns":[…],"rows":[[…],…]},…]}`.
    Json,
    /// One header and one line a row; before the columns, for several runs, `run` with the run's spec.
    Csv,
}

/// The ticked runs of a scene in one file.
pub fn trajectories(runs: &Runs, format: Format, curvature: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let results = |index: usize| {
        let result = &runs.results[index];
        (&result.trajectory, curvature.then_some(&*result.curvature))
    };
    // Writing to memory does not fail.
    let _ = Writer::new(
        &mut out,
        &runs.scene,
        &runs.problem.source,
        format,
        curvature,
    )
    .and_then(|mut writer| {
        for index in visible_runs(&runs.scene).filter(|index| *index < runs.results.len()) {
            let (trajectory, curvature) = results(index);
            writer.run(index, trajectory, curvature)?;
        }
        writer.finish()
    });
    out
}

/// Returns `"source":"…",` with a summary of what was taken of a file, for a JSON object; nothing where none was read.
pub fn source_member(source: &str) -> serde_json::Result<String> {
    if source.is_empty() {
        return Ok(String::new());
    }
    Ok(format!("\"source\":{},", serde_json::to_string(source)?))
}

/// Places of the ticked runs of a scene.
pub fn visible_runs(scene: &Scene) -> impl Iterator<Item = usize> {
    (0..scene.runs.len()).filter(|index| scene.runs[*index].shown)
}

/// Writes trajectories one after the other, so that no two need to be in memory.
pub struct Writer<'a, W> {
    out: W,
    scene: &'a Scene,
    names: Vec<String>,
    format: Format,
    curvature: bool,
    several: bool,
    written: usize,
}

impl<'a, W: Write> Writer<'a, W> {
    /// Begins the file of the ticked runs of a scene. `source` is a summary of what was taken of a file of data, or empty.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(
        mut out: W,
        scene: &'a Scene,
        source: &str,
        format: Format,
        curvature: bool,
    ) -> io::Result<Self> {
        let several = visible_runs(scene).count() > 1;
        match format {
            Format::Json => {
                let landscape = serde_json::to_string(&scene.landscape)?;
                let source = source_member(source)?;
                let start = serde_json::to_string(scene.start_theta())?;
                let training = serde_json::to_string(&scene.training)?;
                write!(
                    out,
                    "{{\"landscape\":{landscape},{source}\"start\":{start},\"training\":{training},\n\"runs\":["
                )?;
            }
            Format::Csv => {
                let run = if several { "run," } else { "" };
                let columns = columns(scene, curvature, averages(scene));
                writeln!(out, "{run}{}", columns.join(","))?;
            }
        }
        let names = scene.run_names();
        Ok(Self {
            out,
            scene,
            names,
            format,
            curvature,
            several,
            written: 0,
        })
    }

    /// Writes run `index` of the scene; `curvature` holds λmin and λmax of each row, if the file has them.
    ///
    /// # Errors
    /// Those of the file.
    pub fn run(
        &mut self,
        index: usize,
        trajectory: &Trajectory,
        curvature: Option<&[[f64; 2]]>,
    ) -> io::Result<()> {
        let Some(run) = self.scene.runs.get(index) else {
            return Ok(());
        };
        let spec = run.spec.to_string();
        match self.format {
            Format::Json => {
                let comma = if self.written > 0 { "," } else { "" };
                let spec = serde_json::to_string(&spec)?;
                let name = serde_json::to_string(&self.names[index])?;
                let outcome = trajectory.outcome;
                let [diverged_at, converged_at] = ends(outcome)
                    .map(|step| step.map_or("null".to_owned(), |step| step.to_string()));
                let reason = serde_json::to_string(&outcome.reason().map(Reason::clause))?;
                let averages = trajectory.average.is_some();
                let columns = columns(self.scene, self.curvature, averages);
                let columns = serde_json::to_string(&columns)?;
                write!(
                    self.out,
                    "{comma}\n{{\"spec\":{spec},\"name\":{name},\"outcome\":\"{}\",\"diverged_at\":{diverged_at},\
                     \"converged_at\":{converged_at},\"reason\":{reason},\"columns\":{columns},\"rows\":[",
                    outcome.name(),
                )?;
                let marks = (["\n[", ",\n["], "]", "null");
                self.rows(trajectory, curvature, averages, marks)?;
                self.out.write_all(b"\n]}")?;
            }
            Format::Csv => {
                let run = if self.several {
                    format!("{},", quoted(&spec))
                } else {
                    String::new()
                };
                let averages = averages(self.scene);
                self.rows(trajectory, curvature, averages, ([&run, &run], "\n", ""))?;
            }
        }
        self.written += 1;
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Those of the file.
    pub fn finish(mut self) -> io::Result<()> {
        if self.format == Format::Json {
            self.out.write_all(b"\n]}\n")?;
        }
        self.out.flush()
    }

    /// The rows, each after `before` (the first one after its first) and before `after`, with `missing` for what is no number.
    fn rows(
        &mut self,
        trajectory: &Trajectory,
        curvature: Option<&[[f64; 2]]>,
        averages: bool,
        (before, after, missing): ([&str; 2], &str, &str),
    ) -> io::Result<()> {
        let out = &mut self.out;
        let dim = trajectory.dim.max(1);
        let none = vec![f64::NAN; if averages { dim } else { 0 }];
        for (row, theta) in trajectory.theta.chunks_exact(dim).enumerate() {
            let before = before[usize::from(row > 0)];
            write!(out, "{before}{row},{}", trajectory.evaluations[row])?;
            let rest = [
                trajectory.loss[row],
                trajectory.grad_norm[row],
                trajectory.lr[row],
            ];
            let lambdas = curvature
                .and_then(|curvature| curvature.get(row))
                .into_iter()
                .flatten();
            let average = trajectory
                .average
                .as_ref()
                .and_then(|average| average.get(row * dim..(row + 1) * dim))
                .unwrap_or(&none);
            let cost = trajectory.gradient_equivalents(row);
            let numbers = theta.iter().chain(&rest).chain(lambdas);
            for number in numbers.chain(&cost).chain(average) {
                out.write_all(b",")?;
                if number.is_finite() {
                    serde_json::to_writer(&mut *out, number)?;
                } else {
                    out.write_all(missing.as_bytes())?;
                }
            }
            out.write_all(after.as_bytes())?;
        }
        Ok(())
    }
}

/// The columns of a run of a scene, or of a table of all its runs.
fn columns(scene: &Scene, curvature: bool, averages: bool) -> Vec<&'static str> {
    let mut columns = COLUMNS.to_vec();
    if curvature {
        columns.extend(CURVATURE);
    }
    columns.push(COST);
    if averages {
        columns.extend(AVERAGE);
    }
    if scene.start_theta().len() == 1 {
        columns.retain(|column| !matches!(*column, "y" | "average_y"));
    }
    columns
}

/// Whether a ticked run of a scene has the average of its iterates.
fn averages(scene: &Scene) -> bool {
    visible_runs(scene).any(|index| scene.runs[index].spec.keeps_average())
}

/// The steps at which a run diverged and converged.
fn ends(outcome: Outcome) -> [Option<u64>; 2] {
    match outcome {
        Outcome::Finished | Outcome::Stopped(..) => [None, None],
        Outcome::Diverged(step, _) => [Some(step), None],
        Outcome::Converged(step) => [None, Some(step)],
    }
}

/// A text as a CSV cell.
pub(super) fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::results::compute_runs;
    use std::sync::Arc;

    fn made(landscape: &str, specs: &[&str], format: Format) -> String {
        let mut scene = Scene::new(landscape.parse().unwrap());
        scene.training.steps = 1;
        for spec in specs {
            scene.add_run(spec.parse().unwrap());
        }
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        let runs = compute_runs(&scene, &problem, None, &Cancel::default()).unwrap();
        String::from_utf8(trajectories(&runs, format, true)).unwrap()
    }

    #[test]
    fn tables_are_written_as_documented() {
        assert_eq!(
            made(
                "quadratic:a=1,b=4",
                &["sgd:lr=0.1", "sgd:lr=0.5,momentum=0.9"],
                Format::Csv
            ),
            "run,step,evaluations,x,y,loss,grad_norm,lr,lambda_min,lambda_max,cost\n\
             sgd:lr=0.1,0,0,-4.0,2.0,16.0,8.94427190999916,0.1,1.0,4.0,0.0\n\
             sgd:lr=0.1,1,1,-3.6,1.2,9.36,6.0,0.1,1.0,4.0,1.0\n\
             \"sgd:lr=0.5,momentum=0.9\",0,0,-4.0,2.0,16.0,8.94427190999916,0.5,1.0,4.0,0.0\n\
             \"sgd:lr=0.5,momentum=0.9\",1,1,-2.0,-2.0,10.0,8.246211251235321,0.5,1.0,4.0,1.0\n"
        );
        assert_eq!(
            made("quadratic:a=1,b=4", &["sgd:lr=0.5"], Format::Json),
            "{\"landscape\":\"quadratic:b=4\",\"start\":[-4.0,2.0],\
             \"training\":{\"steps\":1,\"seed\":0,\"noise\":0.0},\n\
             \"runs\":[\n\
             {\"spec\":\"sgd:lr=0.5\",\"name\":\"SGD\",\"outcome\":\"finished\",\"diverged_at\":null,\
             \"converged_at\":null,\"reason\":null,\
             \"columns\":[\"step\",\"evaluations\",\"x\",\"y\",\"loss\",\"grad_norm\",\"lr\",\"lambda_min\",\"lambda_max\",\"cost\"],\
             \"rows\":[\n\
             [0,0,-4.0,2.0,16.0,8.94427190999916,0.5,1.0,4.0,0.0],\n\
             [1,1,-2.0,-2.0,10.0,8.246211251235321,0.5,1.0,4.0,1.0]\n\
             ]}\n]}\n"
        );
    }

    #[test]
    fn one_parameter_has_one_column() {
        assert_eq!(
            made("parabola", &["sgd:lr=0.2"], Format::Csv),
            "step,evaluations,x,loss,grad_norm,lr,lambda_min,lambda_max,cost\n\
             0,0,10.0,100.0,20.0,0.2,2.0,2.0,0.0\n\
             1,1,6.0,36.0,12.0,0.2,2.0,2.0,1.0\n"
        );
        let json = made("parabola", &["sgd:lr=0.2"], Format::Json);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["start"], serde_json::json!([10.0]));
        let row = json["runs"][0]["rows"][1].as_array().unwrap().len();
        assert_eq!(json["runs"][0]["columns"].as_array().unwrap().len(), row);
    }

    #[test]
    fn averages_and_costs_come_last_where_there_are_any() {
        let specs = ["sgd:lr=0.5", "sgd:lr=0.5+ema:decay=0.5", "newton"];
        let csv = made("quadratic:a=1,b=4", &specs, Format::Csv);
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].ends_with("lambda_max,cost,average_x,average_y"));
        assert!(lines[1].ends_with(",4.0,0.0,,"), "{csv}");
        assert!(lines[3].ends_with(",4.0,0.0,-4.0,2.0"), "{csv}");
        assert!(lines[4].ends_with(",4.0,1.0,-2.0,-2.0"), "{csv}");
        assert!(
            lines[6].ends_with(",4.0,5.0,,"),
            "a Hessian in two products: {csv}"
        );
        let json = made("parabola", &specs, Format::Json);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let last = |run: usize| {
            json["runs"][run]["columns"]
                .as_array()
                .unwrap()
                .last()
                .unwrap()
        };
        assert_eq!([last(0), last(1), last(2)], ["cost", "average_x", "cost"]);
    }

    #[test]
    fn a_run_without_rows_is_still_json() {
        let text = made("formula:f=ln(x)", &["sgd"], Format::Json);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["runs"][0]["outcome"], "diverged");
        assert_eq!(json["runs"][0]["diverged_at"], 0);
        assert_eq!(json["runs"][0]["rows"], serde_json::json!([]));
    }

    #[test]
    fn a_hessian_that_is_not_finite_leaves_its_cells_empty() {
        let line = |format| made("formula:f=(x+3)^1.5 + y", &["sgd"], format);
        let json: serde_json::Value = serde_json::from_str(&line(Format::Json)).unwrap();
        let row = json["runs"][0]["rows"][0].as_array().unwrap();
        assert_eq!(row.len(), 10);
        assert!(row[7].is_null() || row[8].is_null(), "{row:?}");
        assert!(line(Format::Csv).lines().nth(1).unwrap().ends_with(",,0.0"));
    }
}
