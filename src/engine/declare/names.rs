//! Spellings of names: letter case, dashes and underscores do not matter, and the names of other libraries are known.

use super::{Param, SettingError};

/// Other names of members, in plain form: family, name, member, and the settings that the name implies.
const MEMBERS: &[(&str, &str, &str, &str)] = &[
    ("optimizer", "momentum", "sgd", "momentum=0.9"),
    ("optimizer", "sgdm", "sgd", "momentum=0.9"),
    ("optimizer", "heavyball", "sgd", "momentum=0.9"),
    ("optimizer", "nesterov", "sgd", "momentum=0.9,nesterov=true"),
    ("optimizer", "nag", "sgd", "momentum=0.9,nesterov=true"),
    ("optimizer", "gd", "sgd", ""),
    ("optimizer", "gradientdescent", "sgd", ""),
    ("optimizer", "amsgrad", "adam", "amsgrad=true"),
    ("optimizer", "cg", "conjugate-gradient", ""),
    ("optimizer", "bb", "barzilai-borwein", ""),
    ("optimizer", "simplex", "nelder-mead", ""),
    ("schedule", "cosineannealing", "cosine", ""),
    ("schedule", "sgdr", "cosine-warm-restarts", ""),
    (
        "schedule",
        "cosineannealingwarmrestarts",
        "cosine-warm-restarts",
        "",
    ),
    ("schedule", "constantlr", "constant-factor", ""),
    ("schedule", "reducelronplateau", "plateau", ""),
    ("schedule", "linearwarmup", "warmup", ""),
    ("schedule", "wsd", "warmup-stable-decay", ""),
    ("landscape", "banana", "rosenbrock", ""),
    ("landscape", "sphere", "quadratic", "a=1,b=1"),
    ("data set", "twomoons", "moons", ""),
    ("network", "nn", "mlp", ""),
    ("network", "dense", "mlp", ""),
];

/// Other names of settings, in plain form: the setting, and its names.
const SETTINGS: &[(&str, &[&str])] = &[
    ("lr", &["learningrate", "stepsize", "eta"]),
    ("weight_decay", &["wd", "l2", "decay"]),
    ("momentum", &["mu"]),
    ("eps", &["epsilon"]),
    ("beta1", &["b1"]),
    ("beta2", &["b2"]),
    ("batch", &["batchsize", "bs"]),
    ("clip_norm", &["clip", "maxnorm", "gradclip"]),
    ("max_norm", &["clip", "clipnorm"]),
    (
        "steps",
        &["iterations", "iters", "niter", "nsteps", "maxiter"],
    ),
    ("seed", &["randomseed", "randomstate"]),
    ("standardise", &["standardize"]),
    ("samples", &["n", "nsamples"]),
    ("activation", &["act", "nonlinearity"]),
    (
        "hidden",
        &["hiddensizes", "hiddenlayersizes", "hiddenlayers", "widths"],
    ),
];

/// Other names of choices, in plain form: the name, and the choice.
const CHOICES: &[(&str, &str)] = &[
    ("crossentropy", "ce"),
    ("crossentropyloss", "ce"),
    ("binarycrossentropy", "bce"),
    ("bceloss", "bce"),
    ("bcewithlogits", "bce"),
    ("mseloss", "mse"),
    ("swish", "silu"),
    ("linear", "identity"),
];

/// Returns a name in lower case, without dashes, underscores and blanks.
pub fn plain(name: &str) -> String {
    let letters = name.chars().filter(|char| !matches!(char, '-' | '_' | ' '));
    letters.flat_map(char::to_lowercase).collect()
}

/// Returns the index of a name that is `given`, or else equals it in plain form.
fn position(mut names: impl Iterator<Item = &'static str> + Clone, given: &str) -> Option<usize> {
    let exact = names.clone().position(|name| name == given);
    exact.or_else(move || {
        let given = plain(given);
        names.position(|name| plain(name) == given)
    })
}

/// Returns the index of the member that `given` names, and the settings that this name implies.
pub fn member(family: &str, names: &[&'static str], given: &str) -> Option<(usize, &'static str)> {
    let find = |name: &str| position(names.iter().copied(), name);
    if let Some(index) = find(given) {
        return Some((index, ""));
    }
    let short = plain(given);
    let alias = MEMBERS
        .iter()
        .find(|(of, name, ..)| *of == family && *name == short);
    if let Some((.., member, settings)) = alias {
        return Some((find(member)?, settings));
    }
    // PyTorch's schedules end in LR, or in Scheduler.
    let stem = { (family == "schedule").then_some(&short) }.and_then(|name| {
        let stem = name.strip_suffix("lr");
        stem.or_else(|| name.strip_suffix("scheduler"))
    });
    stem.and_then(|stem| member(family, names, stem))
}

/// Returns the choice that `given` names.
pub fn choice(names: &[&'static str], given: &str) -> Option<&'static str> {
    let find = |name: &str| position(names.iter().copied(), name);
    let short = plain(given);
    let alias = || CHOICES.iter().find(|(name, _)| *name == short);
    let index = find(given).or_else(|| find(alias()?.1))?;
    Some(names[index])
}

/// Returns the index of the setting that `given` names.
pub fn setting(params: &[Param], given: &str) -> Option<usize> {
    let names = params.iter().map(|param| param.name);
    let own = position(names.clone(), given);
    own.or_else(|| {
        let given = plain(given);
        let mut aliases = SETTINGS
            .iter()
            .filter(|(_, others)| others.contains(&given.as_str()));
        aliases.find_map(|(name, _)| names.clone().position(|own| own == *name))
    })
}

/// Returns the settings that the plural `given` names, like beta1 and beta2 for `betas`, or eta_minus and eta_plus for `etas`; none
/// unless there are at least two.
pub fn numbered(params: &[Param], given: &str) -> Vec<usize> {
    let given = plain(given);
    let Some(stem) = given.strip_suffix('s').filter(|stem| !stem.is_empty()) else {
        return Vec::new();
    };
    let stem = stem.strip_suffix("size").unwrap_or(stem);
    let belongs = |param: &Param| {
        let name = plain(param.name);
        let rest = name.strip_prefix(stem);
        rest.is_some_and(|rest| matches!(rest, "1" | "2" | "3" | "minus" | "plus" | "min" | "max"))
    };
    let found: Vec<usize> = { params.iter().enumerate() }
        .filter(|(_, param)| belongs(param))
        .map(|(index, _)| index)
        .collect();
    if found.len() < 2 { Vec::new() } else { found }
}

/// Splits the text of several numbers: `(0.9, 0.999)`, `0.9/0.999`.
pub fn numbers(text: &str) -> Vec<&str> {
    let inner = text.trim().trim_start_matches(['(', '[']);
    let inner = inner.trim_end_matches([')', ']']);
    inner.split([',', '/', ';']).map(str::trim).collect()
}

/// Returns the error about a plural setting with the wrong number of values.
pub fn count_error(key: &str, text: &str, params: &[&'static str]) -> SettingError {
    let (count, names) = (params.len(), params.join(", "));
    SettingError::Grammar(format!(
        "`{key}` cannot be `{text}`; expected {count} numbers, for {names}, like {key}=(0.9, 0.99)"
    ))
}

#[cfg(test)]
mod tests {
    use crate::engine::network::AnyNetwork;
    use crate::engine::network::data::AnyDataset;
    use crate::engine::optimizer::AnyOptimizer;
    use crate::engine::training::RunSpec;

    #[test]
    fn members_of_other_libraries_are_known() {
        for (given, expected) in [
            ("Adam:LR=0.1", "adam:lr=0.1"),
            ("L-BFGS", "lbfgs:lr=1"),
            ("adam_w", "adamw:lr=0.001"),
            ("momentum:learning_rate=0.1", "sgd:lr=0.1,momentum=0.9"),
            ("momentum:mu=0.5", "sgd:lr=0.001,momentum=0.5"),
            ("Nesterov", "sgd:lr=0.001,momentum=0.9,nesterov=true"),
            (
                "sgd:nesterov=True,momentum=.9",
                "sgd:lr=0.001,momentum=0.9,nesterov=true",
            ),
            (
                "adam:betas=(0.8, 0.99),wd=0.1",
                "adam:lr=0.001,beta1=0.8,beta2=0.99,weight_decay=0.1",
            ),
            ("adam:lr=0.1;beta1=0.5", "adam:lr=0.1,beta1=0.5"),
            (
                "rprop:etas=0.4/1.5",
                "rprop:lr=0.01,eta_minus=0.4,eta_plus=1.5",
            ),
            (
                "sgd@CosineAnnealingLR:t_max=9",
                "sgd:lr=0.001@cosine:t_max=9",
            ),
        ] {
            let spec: RunSpec = given
                .parse()
                .unwrap_or_else(|error| panic!("{given}: {error}"));
            assert_eq!(spec.to_string(), expected, "{given}");
        }
        let data: AnyDataset = "two_moons:n=10".parse().unwrap();
        assert_eq!(data.to_string(), "moons:samples=10");
        let network: AnyNetwork = "MLP:hidden_sizes=[8,8],act=ReLU,loss=cross_entropy"
            .parse()
            .unwrap();
        assert_eq!(
            network.to_string(),
            "mlp:hidden=8/8,activation=relu,loss=ce"
        );
    }

    #[test]
    fn a_setting_has_one_value() {
        for (text, expected) in [
            (
                "adam:lr=1,learning_rate=2",
                "`learning_rate` is given twice",
            ),
            ("adam:beta1=0.5,betas=(0.9,0.99)", "`betas` is given twice"),
            (
                "adam:betas=0.9",
                "`betas` cannot be `0.9`; expected 2 numbers, for beta1, beta2",
            ),
            ("adam:betas=(0.9,2)", "`beta2` cannot be `2`"),
        ] {
            let error = text.parse::<AnyOptimizer>().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    #[test]
    fn at_most_five_names_are_suggested() {
        let error = "qqqqqq".parse::<AnyOptimizer>().unwrap_err().to_string();
        assert!(error.matches(", ").count() <= 5, "{error}");
    }
}
