//! Error sentences for arguments that a command does not have: settings that belong into a spec, names of other programs, and slips.

use crate::cli::scene_args::parse_setting;
use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::declare::names::{self, plain};
use crate::engine::declare::{Kind, Settings};
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::AnyNetwork;
use crate::engine::network::data::AnyDataset;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::schedule::AnySchedule;
use crate::engine::training::RunSpec;
use crate::engine::wrapper::AnyWrapper;
use clap::Command;

/// Names that other programs have for arguments, in plain form, with the names here.
const ALIASES: &[(&str, &str)] = &[
    ("batchsize", "batch"),
    ("bs", "batch"),
    ("minibatch", "batch"),
    ("iterations", "steps"),
    ("iters", "steps"),
    ("niter", "steps"),
    ("nsteps", "steps"),
    ("numsteps", "steps"),
    ("maxiter", "steps"),
    ("maxsteps", "steps"),
    ("epochs", "steps"),
    ("optimizer", "run"),
    ("optimiser", "run"),
    ("optim", "run"),
    ("opt", "run"),
    ("algorithm", "run"),
    ("function", "landscape"),
    ("objective", "landscape"),
    ("problem", "landscape"),
    ("dataset", "data"),
    ("model", "network"),
    ("arch", "network"),
    ("architecture", "network"),
    ("out", "output"),
    ("save", "output"),
    ("outfile", "output"),
    ("file", "output"),
    ("x0", "start"),
    ("init", "start"),
    ("initial", "start"),
    ("randomseed", "seed"),
    ("rngseed", "seed"),
    ("randomstate", "seed"),
    ("bounds", "view"),
    ("xlim", "view"),
    ("ylim", "view"),
    ("clip", "clip-norm"),
    ("gradclip", "clip-norm"),
    ("maxnorm", "clip-norm"),
    ("testsize", "test"),
    ("testsplit", "test"),
    ("tol", "tolerance"),
    ("grid", "points"),
    ("resolution", "points"),
];

/// The argument that `command` does not have, as it is on the command line.
pub(super) struct Unknown<'a> {
    /// The argument with its dashes.
    pub(super) given: &'a str,
    /// All arguments of the process.
    pub(super) args: &'a [String],
    pub(super) command: &'a Command,
    /// "ravine COMMAND".
    pub(super) call: &'a str,
    pub(super) program: &'a Command,
}

impl Unknown<'_> {
    /// Returns the sentence: what is meant, which commands have the argument, or where the arguments are listed.
    pub(super) fn sentence(&self) -> String {
        let (given, call) = (self.given, self.call);
        let long = self.long();
        let is_flag = given.starts_with("--");
        if let Some(sentence) = self.loose_setting() {
            return sentence;
        }
        if has(self.command, &long) {
            return format!("unknown argument `{given}`; did you mean `--{long}`?");
        }
        let short = plain(&long);
        let is_alias = |(name, own): &&(&str, &str)| *name == short && has(self.command, own);
        if let Some((_, own)) = ALIASES.iter().find(is_alias).filter(|_| is_flag) {
            return format!("`{call}` has no argument `{given}`; expected --{own} in its place");
        }
        if let Some(sentence) = self.setting().filter(|_| is_flag) {
            return sentence;
        }
        let commands: Vec<&str> = { self.program.get_subcommands() }
            .filter(|command| has(command, &long))
            .map(Command::get_name)
            .collect();
        match self.similar(&long) {
            Some(own) => format!("unknown argument `{given}`; did you mean `--{own}`?"),
            None if commands.is_empty() => {
                format!("unknown argument `{given}`; `{call} --help` lists the valid ones")
            }
            None => format!(
                "`{call}` has no argument `{given}`; expected one of the commands that have it: {}",
                commands.join(", ")
            ),
        }
    }

    /// Returns the argument's name, without dashes and value.
    fn long(&self) -> String {
        let long = self.given.trim_start_matches('-');
        long.split_once('=')
            .map_or(long, |(long, _)| long)
            .to_owned()
    }

    /// Returns the value behind the argument.
    fn value(&self) -> Option<&str> {
        if let Some((_, value)) = self.given.split_once('=') {
            return Some(value);
        }
        let mut args = self.args.iter();
        let is_given = |arg: &&String| {
            let rest = arg.strip_prefix(self.given);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        };
        let found = args.find(is_given)?;
        match found.split_once('=') {
            Some((_, value)) => Some(value),
            None => { args.next() }
                .map(String::as_str)
                .filter(|next| !next.starts_with("--")),
        }
    }

    /// Returns the value of another argument, such as `--run`.
    fn other(&self, flag: &str) -> Option<&str> {
        let mut args = self.args.iter();
        while let Some(arg) = args.next() {
            if arg == flag {
                return args.next().map(String::as_str);
            }
            let value = arg
                .strip_prefix(flag)
                .and_then(|rest| rest.strip_prefix('='));
            if value.is_some() {
                return value;
            }
        }
        None
    }

    /// Returns the command's argument of a similar name, or the only one that begins with the name.
    fn similar(&self, long: &str) -> Option<&str> {
        let longs = || self.command.get_arguments().filter_map(clap::Arg::get_long);
        let longs = || {
            longs().chain(
                ["help", "version"]
                    .into_iter()
                    .filter(|_| self.call == "ravine"),
            )
        };
        let distance = |own: &str| strsim::damerau_levenshtein(own, long);
        let nearest = longs().min_by_key(|own| distance(own))?;
        if distance(nearest) <= nearest.len().min(long.len()) / 3 {
            return Some(nearest);
        }
        let mut longer = longs().filter(|own| long.len() >= 3 && own.starts_with(long));
        longer.next().filter(|_| longer.next().is_none())
    }

    /// Returns the sentence about a setting and its value that stand alone, like `lr 0.1`.
    fn loose_setting(&self) -> Option<String> {
        let place = { self.args.iter() }.position(|arg| arg == self.given)?;
        let name = self.args.get(place.checked_sub(1)?).filter(|_| place > 2)?;
        if self.given.starts_with('-') || name.starts_with('-') {
            return None;
        }
        if has(self.command, name) {
            let given = self.given;
            return Some(format!(
                "unknown argument `{given}`; did you mean `--{name} {given}`?"
            ));
        }
        let (flag, mut args) = (format!("--{name}"), self.args.to_vec());
        args[place - 1].clone_from(&flag);
        let (given, args) = (flag.as_str(), &args[..]);
        let as_flag = Unknown {
            given,
            args,
            ..*self
        };
        let sentence = as_flag.setting()?;
        Some(sentence.replace(&format!("`{flag}`"), &format!("`{name}`")))
    }

    /// Returns the sentence about a setting or a member of a family that is given like an argument.
    fn setting(&self) -> Option<String> {
        let long = self.long();
        let (what, place) = match () {
            () if has(self.command, "run") => self.run(&long).or_else(|| self.families(&long)),
            () => self.families(&long),
        }?;
        Some(format!(
            "`{}` is {what}, not an argument; it belongs into `{place}`",
            self.given
        ))
    }

    fn run(&self, long: &str) -> Option<(&'static str, String)> {
        let base: Option<RunSpec> = self.other("--run").and_then(|text| text.parse().ok());
        let base = base.or_else(|| "adam".parse().ok())?;
        if matches!(
            plain(long).as_str(),
            "schedule" | "scheduler" | "lrscheduler" | "lrschedule"
        ) {
            let schedule = self.value().unwrap_or("cosine");
            return Some((
                "a part of a run",
                format!("--run {}@{schedule}", base.optimizer),
            ));
        }
        let member = names::member("optimizer", AnyOptimizer::NAMES, long);
        if let Some((index, "")) = member {
            return Some((
                "an optimizer",
                format!("--run {}", AnyOptimizer::NAMES[index]),
            ));
        }
        let optimizers = std::iter::once(base.optimizer.clone()).chain(AnyOptimizer::all());
        for mut optimizer in optimizers {
            if self.assign(optimizer.settings_mut(), long) {
                let run = RunSpec {
                    optimizer,
                    ..base.clone()
                };
                return Some(("a setting of the optimizer", format!("--run {run}")));
            }
        }
        if let Some((index, settings)) = member {
            return Some((
                "an optimizer",
                format!("--run {}:{settings}", AnyOptimizer::NAMES[index]),
            ));
        }
        let own = &base.optimizer;
        for mut schedule in AnySchedule::all() {
            if self.assign(schedule.settings_mut(), long) {
                return Some((
                    "a setting of the schedule",
                    format!("--run {own}@{schedule}"),
                ));
            }
        }
        for mut wrapper in AnyWrapper::all() {
            if self.assign(wrapper.settings_mut(), long) {
                return Some(("a setting of a wrapper", format!("--run {own}+{wrapper}")));
            }
        }
        if let Some((index, _)) = names::member("schedule", AnySchedule::NAMES, long) {
            return Some((
                "a schedule",
                format!("--run {own}@{}", AnySchedule::NAMES[index]),
            ));
        }
        let (index, _) = names::member("wrapper", AnyWrapper::NAMES, long)?;
        Some((
            "a wrapper",
            format!("--run {own}+{}", AnyWrapper::NAMES[index]),
        ))
    }

    fn families(&self, long: &str) -> Option<(&'static str, String)> {
        macro_rules! family {
            ($($flag:literal, $name:literal, $any:ident, $setting:literal, $member:literal;)+) => {$(
                if has(self.command, $flag) {
                    let flag = concat!("--", $flag);
                    let own: Option<$any> = self.other(flag).and_then(|text| text.parse().ok());
                    let all = own.into_iter().chain($any::all());
                    for mut member in all {
                        if self.assign(member.settings_mut(), long) {
                            return Some(($setting, format!("{flag} {member}")));
                        }
                    }
                    if let Some((index, _)) = names::member($name, $any::NAMES, long) {
                        return Some(($member, format!("{flag} {}", $any::NAMES[index])));
                    }
                }
            )+};
        }
        family! {
            "network", "network", AnyNetwork, "a setting of the network", "a network";
            "data", "data set", AnyDataset, "a setting of the data", "a data set";
            "plane", "plane", AnyPlane, "a setting of the plane", "a plane";
            "landscape", "landscape", AnyLandscape, "a setting of the landscape", "a landscape";
        }
        None
    }

    /// Sets the setting called `long` to the given value, or leaves its default if the value is missing or illegal; returns whether
    /// there is such a setting.
    fn assign(&self, settings: &mut dyn Settings, long: &str) -> bool {
        let Some(index) = names::setting(settings.params(), long) else {
            return false;
        };
        let param = &settings.params()[index];
        let value = self
            .value()
            .or((param.kind == Kind::Flag).then_some("true"));
        // An illegal value has its own error once it is in the right place.
        let _ = value.map(|value| parse_setting(settings, param.name, value));
        true
    }
}

/// Returns whether a command has an argument `--long`.
fn has(command: &Command, long: &str) -> bool {
    command
        .get_arguments()
        .any(|arg| arg.get_long() == Some(long))
}
