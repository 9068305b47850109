//! Catalog of all members of all families with their settings, as data for lists, JSON and help pages.

use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::declare::spec::real;
use crate::engine::declare::{Kind, Param, Settings, Value};
use crate::engine::files::NoFiles;
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::AnyNetwork;
use crate::engine::network::data::AnyDataset;
use crate::engine::objective::plane::Rect;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::schedule::AnySchedule;
use crate::engine::wrapper::AnyWrapper;
use serde::Serialize;
use serde_json::json;

/// A member of a family.
#[derive(Serialize)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) help: String,
    #[serde(flatten)]
    pub(crate) landscape: Option<Facts>,
    pub(crate) settings: Vec<Setting>,
}

/// Facts about a landscape with its default settings.
#[derive(Serialize)]
pub(crate) struct Facts {
    /// Title of the landscape's group.
    pub(crate) group: &'static str,
    pub(crate) formula: String,
    /// Ranges of the one or two parameters within which starts may be; null for everywhere.
    pub(crate) domain: Option<Vec<[f64; 2]>>,
    /// Names of the parameters.
    pub(crate) axes: Vec<&'static str>,
    pub(crate) start: Vec<f64>,
    pub(crate) minima: Vec<Minimum>,
}

/// A blank at which lines must not break.
pub(crate) const NO_BREAK_SPACE: &str = "\u{a0}";

impl Facts {
    /// Describes the landscape in sentences.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let point_text = |at: &[f64]| {
            let numbers: Vec<String> = at.iter().map(|number| short(*number)).collect();
            let joined = numbers.join(&format!(",{NO_BREAK_SPACE}"));
            if numbers.len() == 1 {
                joined
            } else {
                format!("({joined})")
            }
        };
        let range_text = |(name, [low, high]): (&&str, &[f64; 2])| {
            format!("{name} from {} to {}", short(*low), short(*high))
        };
        let domain = match &self.domain {
            Some(ranges) => {
                let ranges: Vec<String> = self.axes.iter().zip(ranges).map(range_text).collect();
                ranges.join(", ")
            }
            None => format!("any {}", self.axes.join(" and ")),
        };
        let mut minima = String::new();
        for (index, minimum) in self.minima.iter().enumerate() {
            let same_value = index > 0
                && self.minima[index - 1]
                    .value
                    .total_cmp(&minimum.value)
                    .is_eq();
            let separator = if same_value {
                ",".to_owned()
            } else {
                format!("; minimum {} at", short(minimum.value))
            };
            minima.extend([&separator, " ", &point_text(&minimum.at)]);
        }
        vec![
            format!("f({}) = {}", self.axes.join(", "), self.formula),
            format!(
                "Domain: {domain}; starts at {}{minima}.",
                point_text(&self.start)
            ),
        ]
    }
}

/// Formats a number with at most six decimals.
fn short(number: f64) -> String {
    let rounded = format!("{number:.6}").parse().unwrap_or(number);
    real(if rounded == 0.0 { 0.0 } else { rounded })
}

#[derive(Serialize)]
pub(crate) struct Minimum {
    pub(crate) at: Vec<f64>,
    pub(crate) value: f64,
}

/// A setting of a member.
#[derive(Serialize)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    kind: &'static str,
    /// The default: a number, true or false, a text, a list of numbers, or the word for no value.
    default: serde_json::Value,
    /// Legal values: an interval like `[0, 1)` for numbers, a list of names for a choice; null for other kinds.
    pub(crate) range: serde_json::Value,
    /// The word for no value, if the setting may have none.
    none: Option<&'static str>,
    pub(crate) unit: &'static str,
    /// Describes the legal values in words.
    pub(crate) expected: String,
    pub(crate) help: String,
    /// The default as it is written in a spec.
    #[serde(skip)]
    pub(crate) text: String,
}

pub(crate) fn landscapes() -> Vec<Member> {
    AnyLandscape::all().iter().map(landscape).collect()
}

pub(crate) fn landscape(any: &AnyLandscape) -> Member {
    Member {
        landscape: Some(facts(any)),
        ..member(any.name(), any.settings())
    }
}

pub(crate) fn optimizers() -> Vec<Member> {
    AnyOptimizer::all()
        .iter()
        .map(|any| member(any.name(), any.settings()))
        .collect()
}

pub(crate) fn wrappers() -> Vec<Member> {
    AnyWrapper::all()
        .iter()
        .map(|any| member(any.name(), any.settings()))
        .collect()
}

pub(crate) fn schedules() -> Vec<Member> {
    AnySchedule::all()
        .iter()
        .map(|any| member(any.name(), any.settings()))
        .collect()
}

pub(crate) fn networks() -> Vec<Member> {
    AnyNetwork::all()
        .iter()
        .map(|any| member(any.name(), any.settings()))
        .collect()
}

pub(crate) fn datasets() -> Vec<Member> {
    AnyDataset::all()
        .iter()
        .map(|any| member(any.name(), any.settings()))
        .collect()
}

pub(crate) fn planes() -> Vec<Member> {
    AnyPlane::all()
        .iter()
        .map(|any| member(any.name(), any.settings()))
        .collect()
}

pub(crate) fn member(name: &'static str, settings: &dyn Settings) -> Member {
    let described = settings.params().iter().enumerate();
    Member {
        name,
        title: settings.title(),
        help: settings.help().replace("\n\n", "\n"),
        landscape: None,
        settings: described
            .map(|(index, param)| setting(param, &settings.default_value(index)))
            .collect(),
    }
}

fn facts(any: &AnyLandscape) -> Facts {
    let landscape = any.as_dyn();
    // The built-in data set of a regression knows its minimum only when it is loaded.
    let minima = landscape
        .load(&NoFiles)
        .map_or(landscape.minima(), |problem| problem.minima);
    let point = |at: [f64; 2]| at.into_iter().take(landscape.dim()).collect();
    let ranges = |domain: Rect| [domain.x(), domain.y()].into_iter().take(landscape.dim());
    Facts {
        group: landscape.group().title(),
        formula: landscape.formula(),
        domain: landscape.domain().map(|domain| ranges(domain).collect()),
        axes: landscape.parameters(),
        start: point(landscape.start()),
        minima: minima
            .into_iter()
            .map(|mark| Minimum {
                at: point(mark.at),
                value: mark.value,
            })
            .collect(),
    }
}

fn setting(param: &Param, default: &Value) -> Setting {
    let (kind, range) = match param.kind {
        Kind::Real => ("real", json!(param.legal.to_string())),
        Kind::Count => ("count", json!(param.legal.to_string())),
        Kind::List => ("list", json!(param.legal.to_string())),
        Kind::Counts => ("counts", json!(param.legal.to_string())),
        Kind::Choice(names) => ("choice", json!(names)),
        Kind::Flag => ("flag", json!(null)),
        Kind::Text => ("text", json!(null)),
        Kind::Length => ("length", json!(null)),
    };
    let text = param.text(default);
    let default = match default {
        Value::Real(real) => json!(real),
        Value::Count(count) => json!(count),
        Value::Flag(flag) => json!(flag),
        Value::List(list) => json!(list),
        Value::Counts(counts) => json!(counts),
        Value::Choice(_) | Value::Text(_) | Value::None => json!(text),
    };
    Setting {
        name: param.name,
        kind,
        default,
        range,
        none: param.none,
        unit: param.unit,
        expected: param.expected(),
        help: param.help.replace("\n\n", "\n"),
        text,
    }
}
