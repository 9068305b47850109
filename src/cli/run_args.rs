//! Arguments for the runs of a command: `--run SPEC`, `--run 'NAME = SPEC'` and `--runs FILE`.

use super::hints::run_of_call;
use super::scene_args::setting_error;
use crate::engine::declare::SettingError;
use crate::engine::training::RunSpec;
use crate::import::open_run_list;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct RunArgs {
    /// Optimizer to run, like adam:lr=0.05 or sgd:lr=0.1@cosine, or named, like 'fast = adam:lr=0.5'; repeat it for several runs, which replace the scene's runs
    #[arg(long = "run", value_name = "SPEC", help_heading = "Scene")]
    specs: Vec<String>,
    /// File of runs, one `name = spec` or spec a line; `#` begins a comment
    #[arg(long = "runs", value_name = "FILE", help_heading = "Scene")]
    file: Option<PathBuf>,
}

/// A run as it is given: its name, which may be empty, its spec, and where it is given, for errors.
pub(super) struct GivenRun {
    pub(super) name: String,
    pub(super) spec: RunSpec,
}

impl GivenRun {
    /// Returns the name, or that of the optimizer.
    pub(super) fn display_name(&self) -> String {
        if self.name.is_empty() {
            self.spec.display_name()
        } else {
            self.name.clone()
        }
    }
}

impl RunArgs {
    /// Returns the name of the argument that is given, if any is.
    pub(super) fn given(&self) -> Option<&'static str> {
        match self {
            Self { specs, .. } if !specs.is_empty() => Some("--run"),
            Self { file: Some(_), .. } => Some("--runs"),
            _ => None,
        }
    }

    /// Returns the number of `--run` arguments.
    pub(super) fn count(&self) -> usize {
        self.specs.len()
    }

    /// Reads the runs of the file and of the arguments, in this order.
    pub(super) fn read(&self) -> Result<Vec<GivenRun>, String> {
        let mut runs = Vec::new();
        if let Some(path) = &self.file {
            let shown = path.display();
            for (line, text) in open_run_list(path)? {
                let run = run(&text).map_err(|error| format!("{shown}: line {line}: {error}"))?;
                runs.push(run);
            }
            if runs.is_empty() {
                return Err(format!(
                    "{shown}: has no runs; expected one `name = spec` a line, like fast = adam:lr=0.5"
                ));
            }
        }
        for text in &self.specs {
            runs.push(run(text).map_err(|error| setting_error("--run", text, &error))?);
        }
        Ok(runs)
    }
}

/// Reads `name = spec` or `spec`. A name has none of the signs of a spec before its `=`.
fn run(text: &str) -> Result<GivenRun, SettingError> {
    let named = text
        .split_once('=')
        .filter(|(name, _)| !name.contains([':', '@', '[', '+']));
    let (name, spec) = named.unwrap_or(("", text));
    if spec.trim().is_empty() {
        return Err(SettingError::Grammar(format!(
            "the run `{text}` has no optimizer; expected NAME:SETTING=VALUE, like adam:lr=0.05"
        )));
    }
    let parsed = spec.trim().parse().map_err(|error: SettingError| {
        match run_of_call(spec).or_else(|| run_of_call(text)) {
            Some(meant) => {
                SettingError::Grammar(format!("`{text}` is not a run; did you mean `{meant}`?"))
            }
            None => error,
        }
    });
    Ok(GivenRun {
        name: name.trim().to_owned(),
        spec: parsed?,
    })
}
