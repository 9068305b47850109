//! Before the work of any command: signals, panics and threads; and the answers of the parser of arguments.

use super::{print_error, printed};
use crate::export::file::remove_temporaries_on_signals;
use crate::export::sentence::{one_line, without_sources};
use clap::error::{ContextValue, Error};
use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;
use std::thread::available_parallelism;

/// Prepares the process.
pub(super) fn prepare() {
    remove_temporaries_on_signals();
    panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or("without a word");
        print_error(&format!(
            "a fault of this program: {}; please report it",
            without_sources(text)
        ));
    }));
    cap_threads();
}

/// Uses no more threads than there are cores, whatever rayon's variables ask for: more of them only wait for each other.
fn cap_threads() {
    let cores = available_parallelism().map_or(1, usize::from);
    let asked = ["RAYON_NUM_THREADS", "RAYON_RS_NUM_CPUS"].map(std::env::var);
    let asked = asked
        .iter()
        .flatten()
        .filter_map(|threads| threads.parse().ok());
    if asked.max().is_some_and(|threads: usize| threads > cores) {
        // Nothing has made the pool yet, so that this cannot fail; if it did, work would only be slower.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(cores);
        let _ = pool.build_global();
    }
}

/// Says what the parser of arguments has to say: help and version on stdout, refusals on stderr.
pub(super) fn explain(mut error: Error) -> ExitCode {
    if error.use_stderr() {
        let given: Vec<_> = error
            .context()
            .map(|(kind, value)| (kind, value.clone()))
            .collect();
        for (kind, value) in given {
            let shown = match value {
                ContextValue::String(text) => ContextValue::String(one_line(&text)),
                ContextValue::Strings(texts) => {
                    ContextValue::Strings(texts.iter().map(|text| one_line(text)).collect())
                }
                _ => continue,
            };
            error.insert(kind, shown);
        }
    }
    let done = error.print().and_then(|()| io::stdout().flush());
    match printed(done) {
        Err(sentence) if !error.use_stderr() => {
            print_error(&sentence);
            ExitCode::from(2)
        }
        _ => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)),
    }
}
