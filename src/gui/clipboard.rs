//! The clipboard: copies runs and scenes as text, and takes pasted runs, scenes and landscapes.

use super::app::App;
use super::command::Command;
use crate::engine::declare::SettingError;
use crate::engine::landscape::AnyLandscape;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::scene::{MAX_RUNS, Scene};
use crate::engine::training::RunSpec;
use eframe::egui;
use egui::text_selection::LabelSelectionState;

/// Kind of a text.
#[derive(Debug, PartialEq)]
enum Pasted {
    Scene(Box<Scene>),
    /// Runs with their names, which may be empty.
    Runs(Vec<(String, RunSpec)>),
    Landscape(AnyLandscape),
}

/// The sentence about a text that is none of these.
const NEITHER: &str = "what was pasted is no scene, run or landscape; expected the text of a scene file, runs like `adam:lr=0.01`, or a landscape like `rosenbrock:a=1,b=50`";

/// Reads a text.
fn read(text: &str) -> Result<Pasted, String> {
    let text = text.trim().trim_start_matches('\u{feff}');
    match Scene::from_toml(text) {
        Ok(scene) => return Ok(Pasted::Scene(Box::new(scene))),
        Err(error)
            if text
                .lines()
                .any(|line| line.trim_start().starts_with("version")) =>
        {
            return Err(format!("what was pasted is not a scene: {error}"));
        }
        Err(_) => {}
    }
    let lines = text.lines().map(bare);
    let lines: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    if lines.is_empty() {
        return Err(
            "there is no text on the clipboard; copy a run, a scene or a landscape first"
                .to_owned(),
        );
    }
    let runs: Vec<_> = lines.iter().map(|line| run(line)).collect();
    if let [line] = lines[..]
        && runs[0].is_err()
    {
        return match line.parse::<AnyLandscape>() {
            Ok(landscape) => Ok(Pasted::Landscape(landscape)),
            Err(error) => Err(error_of_line(line, &runs, &error)),
        };
    }
    let some_are = runs.iter().any(Result::is_ok);
    let read = runs.into_iter().enumerate().map(|(index, run)| {
        run.map_err(|error| {
            if some_are {
                format!("line {} of what was pasted is no run: {error}", index + 1)
            } else {
                NEITHER.to_owned()
            }
        })
    });
    Ok(Pasted::Runs(read.collect::<Result<_, _>>()?))
}

/// Returns a line without what a command line or a document puts around a spec.
fn bare(line: &str) -> &str {
    let line = line.trim().trim_end_matches('\\').trim();
    let option = line
        .strip_prefix("--run ")
        .or_else(|| line.strip_prefix("--landscape "));
    let line = option.unwrap_or(line).trim();
    let quoted = ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| line.strip_prefix(quote)?.strip_suffix(quote));
    quoted.unwrap_or(line)
}

/// Reads a run, which may have a name: `spec` or `name = spec`.
fn run(line: &str) -> Result<(String, RunSpec), SettingError> {
    let whole = match line.parse::<RunSpec>() {
        Ok(spec) => return Ok((String::new(), spec)),
        Err(error) => error,
    };
    let Some((name, spec)) = line.split_once('=') else {
        return Err(whole);
    };
    let has_spec = || spec.parse::<RunSpec>().or_else(|_| bare(spec).parse());
    // Settings have a `=` too: an error in `adam:lr=x` is about lr.
    if name.contains([':', '+', '@']) {
        return Err(whole);
    }
    Ok((bare(name).to_owned(), has_spec()?))
}

/// Returns why a single line is neither run nor landscape, about the one that it seems to be.
fn error_of_line(
    line: &str,
    runs: &[Result<(String, RunSpec), SettingError>],
    landscape: &SettingError,
) -> String {
    let spec = match line.split_once('=') {
        Some((name, spec)) if !name.contains([':', '+', '@']) => spec.trim(),
        _ => line,
    };
    let name = spec
        .split([':', '+', '@', '['])
        .next()
        .unwrap_or_default()
        .trim();
    let Some(Err(run)) = runs.first() else {
        return NEITHER.to_owned();
    };
    let (run, landscape) = (run.to_string(), landscape.to_string());
    let near = |error: &str| error.contains("did you mean");
    let optimizers: Vec<&str> = AnyOptimizer::all().iter().map(AnyOptimizer::name).collect();
    if optimizers.contains(&name) {
        format!("what was pasted is no run: {run}")
    } else if AnyLandscape::NAMES.contains(&name) {
        format!("what was pasted is no landscape: {landscape}")
    } else if near(&run) {
        format!("what was pasted is no run: {run}")
    } else if near(&landscape) {
        format!("what was pasted is no landscape: {landscape}")
    } else {
        NEITHER.to_owned()
    }
}

impl App {
    /// Executes a command of the clipboard.
    pub(super) fn clipboard_command(&mut self, ctx: &egui::Context, command: &Command) {
        match command {
            Command::Copy => self.copy(ctx),
            // The text comes as an event of the next frame.
            Command::Paste => ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaste),
            Command::CopyScene => {
                ctx.copy_text(self.scene.to_toml());
                self.show_message("The scene is on the clipboard as text.");
            }
            Command::CopyRun(index) => self.copy_run(ctx, *index),
            Command::CopyPicture => {
                if let Err(sentence) = self.copy_picture(ctx) {
                    self.show_error(sentence);
                }
            }
            _ => {}
        }
    }

    /// Takes a scene, runs or a landscape from the clipboard; undo reverts it.
    pub(super) fn paste(&mut self, ctx: &egui::Context, text: &str) {
        let pasted = match read(text) {
            Ok(pasted) => pasted,
            Err(sentence) => return self.show_error(sentence),
        };
        match pasted {
            Pasted::Scene(scene) => self.show(ctx, *scene, None),
            Pasted::Landscape(landscape) => {
                if let Err(sentence) = self.set_landscape(ctx, landscape) {
                    self.show_error(sentence);
                }
            }
            Pasted::Runs(runs) => {
                let mut scene = self.scene.clone();
                if scene.runs.len() + runs.len() > MAX_RUNS {
                    return self.show_error(format!(
                        "{} runs more would be too many; a scene has at most {MAX_RUNS}",
                        runs.len()
                    ));
                }
                let count = runs.len();
                for (name, spec) in runs {
                    scene.add_run(spec);
                    if let Some(run) = scene.runs.last_mut() {
                        run.name = name;
                    }
                }
                self.selected = Some(scene.runs.len() - 1);
                self.history.add_undo(&self.document());
                self.apply(ctx, Command::Edit(Box::new(scene)));
                if count > 1 {
                    self.show_message(format!("Added {count} runs."));
                }
            }
        }
    }

    /// Copies the selected run, or the scene where none is selected. Marked text of a label goes first.
    pub(super) fn copy(&mut self, ctx: &egui::Context) {
        let marked = ctx.plugin_opt::<LabelSelectionState>();
        if marked.is_some_and(|state| state.lock().has_selection()) {
            return;
        }
        match self.selected {
            Some(index) => self.copy_run(ctx, index),
            None => self.apply(ctx, Command::CopyScene),
        }
    }

    /// Copies a run as text, with its name if it has one.
    pub(super) fn copy_run(&mut self, ctx: &egui::Context, index: usize) {
        let Some(run) = self.scene.runs.get(index) else {
            return;
        };
        let text = match run.name.as_str() {
            "" => run.spec.to_string(),
            name => format!("{name} = {}", run.spec),
        };
        ctx.copy_text(text);
        let names = self.scene.run_names();
        self.show_message(format!(
            "The run {} is on the clipboard as text.",
            names[index]
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs(text: &str) -> Vec<(String, String)> {
        match read(text) {
            Ok(Pasted::Runs(runs)) => runs
                .into_iter()
                .map(|(name, spec)| (name, spec.to_string()))
                .collect(),
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn runs_are_read_with_and_without_names() {
        let pair = |name: &str, spec: &str| (name.to_owned(), spec.to_owned());
        assert_eq!(specs(" adam:lr=0.01\n"), [pair("", "adam:lr=0.01")]);
        let text = "# three\nfast = sgd:lr=0.1,momentum=0.9\r\n\n\"adam@cosine\"\n--run 'lion+sam:rho=0.1' \\";
        let expected = [
            pair("fast", "sgd:lr=0.1,momentum=0.9"),
            pair("", "adam:lr=0.001@cosine"),
            pair("", "lion:lr=0.0001+sam:rho=0.1"),
        ];
        assert_eq!(specs(text), expected);
    }

    #[test]
    fn scenes_and_landscapes_are_read() {
        let scene = Scene::opening();
        let read_back = read(&format!("\n{}", scene.to_toml()));
        assert_eq!(read_back, Ok(Pasted::Scene(Box::new(scene))));
        let landscape: AnyLandscape = "rosenbrock:a=1,b=50".parse().unwrap();
        assert_eq!(
            read("rosenbrock:a=1,b=50"),
            Ok(Pasted::Landscape(landscape))
        );
        let formula: AnyLandscape = "formula:f=x^2 + y^2".parse().unwrap();
        assert_eq!(
            read("--landscape 'formula:f=x^2 + y^2'"),
            Ok(Pasted::Landscape(formula))
        );
    }

    #[test]
    fn other_texts_get_one_sentence_about_what_they_seem_to_be() {
        for (text, words) in [
            ("adma:lr=0.1", "did you mean `adam`"),
            ("adam:lr=x", "what was pasted is no run: `lr` cannot be `x`"),
            (
                "fast = adam:lr=x",
                "what was pasted is no run: `lr` cannot be `x`",
            ),
            (
                "rosenbrock:c=1",
                "what was pasted is no landscape: `rosenbrock` has no setting `c`",
            ),
            ("rosenbrok", "did you mean `rosenbrock`"),
            (
                "sgd:lr=0.1\nadam:lr=x",
                "line 2 of what was pasted is no run: `lr`",
            ),
            (
                "Dear colleague,\nhow are you?",
                "what was pasted is no scene, run or landscape",
            ),
            (
                "https://example.org/a?b=c",
                "what was pasted is no scene, run or landscape",
            ),
            (
                "version = 1\nlandscape = \"bouth\"",
                "what was pasted is not a scene",
            ),
            (" \n", "there is no text on the clipboard"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(words), "{text:?}: {error}");
        }
    }
}
