//! Setup of the process before any command: signals, panics, threads, and the argument parser's help and errors.

use super::{argument_errors, interrupt, print_error, printed};
use crate::export::file::remove_temporaries_on_signals;
use crate::export::sentence::without_sources;
use clap::{Command, Error};
use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;
use std::thread::available_parallelism;

/// Installs the handlers of signals and panics, and limits the threads.
pub(super) fn prepare() {
    remove_temporaries_on_signals(interrupt::stop_work);
    panic::set_hook(Box::new(|panic| {
        let text = panic
            .payload_as_str()
            .unwrap_or("a panic without a message");
        print_error(&format!(
            "internal error: {}; please report it",
            without_sources(text)
        ));
    }));
    cap_threads();
}

/// Limits rayon's threads to the number of cores, also where its environment variables ask for more: further ones only wait.
fn cap_threads() {
    let cores = available_parallelism().map_or(1, usize::from);
    let asked = ["RAYON_NUM_THREADS", "RAYON_RS_NUM_CPUS"].map(std::env::var);
    let asked = asked
        .iter()
        .flatten()
        .filter_map(|threads| threads.parse().ok());
    if asked.max().is_some_and(|threads: usize| threads > cores) {
        // This fails only if the pool exists already, which it does not; work would merely be slower.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(cores);
        let _ = pool.build_global();
    }
}

/// Writes what the argument parser returns in place of arguments: help and version to stdout, one sentence for an error to stderr.
pub(super) fn explain(error: &Error, program: &Command) -> ExitCode {
    if error.use_stderr() {
        let args = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned());
        let args: Vec<String> = args.collect();
        print_error(&argument_errors::sentence(error, program, &args));
        return ExitCode::from(2);
    }
    match printed(error.print().and_then(|()| io::stdout().flush())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            print_error(&sentence);
            ExitCode::from(2)
        }
    }
}
