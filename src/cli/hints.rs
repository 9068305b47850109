//! Suggestions for arguments in the notation of other programs: calls of Python, bare formulas, names without their flag.

use crate::engine::declare::spec::split;
use crate::engine::landscape::AnyLandscape;
use crate::engine::training::RunSpec;

/// Returns the run that a call or loose words mean: `adam:lr=0.1` for `torch.optim.Adam(params, lr=0.1)`, `adam lr=0.1` or
/// `adam,lr=0.1`.
pub(super) fn run_of_call(text: &str) -> Option<String> {
    let text = text.trim();
    let (path, rest) = text.split_at(text.find(['(', ' ', ','])?);
    let name = path.rsplit('.').next()?;
    let rest = match rest.strip_prefix('(') {
        Some(inner) => inner.strip_suffix(')')?,
        None => rest,
    };
    let mut settings = Vec::new();
    for part in split(rest, ',') {
        let part = part.trim();
        match part.matches('=').count() {
            // The first number is the learning rate; the parameters to optimize have no place here.
            0 if part.parse::<f64>().is_ok() => settings.push(format!("lr={part}")),
            0 => {}
            1 => settings.push(part.to_owned()),
            _ => settings.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    let colon = if settings.is_empty() { "" } else { ":" };
    let spec = format!("{name}{colon}{}", settings.join(","));
    let run: RunSpec = spec.parse().ok()?;
    Some(run.to_string())
}

/// Returns the landscape that a bare formula means: `formula:f=x^2+y^2` for `x^2+y^2` or `formula:x^2+y^2`.
pub(super) fn formula_landscape(text: &str) -> Option<String> {
    let formula = text.strip_prefix("formula:").unwrap_or(text);
    let spec = format!("formula:f={formula}");
    let is_formula = formula.contains(['x', 'y']) && !formula.contains('=');
    (is_formula && spec.parse::<AnyLandscape>().is_ok()).then_some(spec)
}

/// Returns the flag that a name without a flag belongs to: `--landscape rosenbrock`, `--run adam`.
pub(super) fn flag_of_name(name: &str) -> Option<String> {
    if name.parse::<AnyLandscape>().is_ok() {
        return Some(format!("--landscape {name}"));
    }
    name.parse::<RunSpec>()
        .is_ok()
        .then(|| format!("--run {name}"))
}

/// Returns the sentence about an argument with a typographic dash, which word processors make of two hyphens.
pub(super) fn long_dash(arg: &str) -> Option<String> {
    let name = arg.trim_start_matches(['-', '–', '—']);
    let is_long = arg.starts_with(['–', '—']) && name.starts_with(char::is_alphabetic);
    is_long.then(|| format!("`{arg}` begins with a long dash; expected two hyphens, --{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_python_are_recognised() {
        for (text, expected) in [
            ("adam(lr=0.1)", Some("adam:lr=0.1")),
            (
                "torch.optim.Adam(model.parameters(), lr=0.1, betas=(0.8, 0.99))",
                Some("adam:lr=0.1,beta1=0.8,beta2=0.99"),
            ),
            (
                "optax.sgd(0.1, momentum=0.9)",
                Some("sgd:lr=0.1,momentum=0.9"),
            ),
            ("adam lr=0.1", Some("adam:lr=0.1")),
            ("adam lr=0.1 beta1=0.5", Some("adam:lr=0.1,beta1=0.5")),
            ("adam,lr=0.1", Some("adam:lr=0.1")),
            ("adma lr=0.1", None),
            ("adam(lr=0.1", None),
            ("adam:lr=0.1", None),
        ] {
            assert_eq!(run_of_call(text).as_deref(), expected, "{text}");
        }
        assert_eq!(
            formula_landscape("x^2+y^2").as_deref(),
            Some("formula:f=x^2+y^2")
        );
        assert_eq!(formula_landscape("rosenbrok"), None);
        assert!(long_dash("–run").is_some_and(|sentence| sentence.ends_with(" --run")));
        assert_eq!(long_dash("—"), None);
    }
}
