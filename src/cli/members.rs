//! What there is to choose from, as data: every member of a family with its settings.

use crate::engine::declare::{Kind, Param, Settings, Value};
use crate::engine::landscape::{AnyLandscape, NoFiles};
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::plane::Rect;
use crate::engine::schedule::AnySchedule;
use serde::Serialize;
use serde_json::json;

/// One member of a family.
#[derive(Serialize)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) help: String,
    #[serde(flatten)]
    pub(super) landscape: Option<Facts>,
    pub(super) settings: Vec<Setting>,
}

/// What is known of a landscape with its default settings.
#[derive(Serialize)]
pub(super) struct Facts {
    /// Where users look for it.
    pub(super) group: &'static str,
    pub(super) formula: String,
    /// Ranges of the parameters, two or one, where starts may lie; null is everywhere.
    pub(super) domain: Option<Vec<[f64; 2]>>,
    /// What the parameters are called.
    pub(super) axes: Vec<&'static str>,
    pub(super) start: Vec<f64>,
    pub(super) minima: Vec<Minimum>,
}

#[derive(Serialize)]
pub(super) struct Minimum {
    pub(super) at: Vec<f64>,
    pub(super) value: f64,
}

/// One setting of a member.
#[derive(Serialize)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    kind: &'static str,
    /// A number, true or false, a text, a list of numbers, or the word for no value.
    default: serde_json::Value,
    /// An interval like `[0, 1)` for numbers, a list of names for a choice; null for the others.
    pub(super) range: serde_json::Value,
    /// The word for no value, if there may be none.
    none: Option<&'static str>,
    unit: &'static str,
    /// What can be given, in words.
    pub(super) expected: String,
    pub(super) help: String,
    /// The default as a spec has it.
    #[serde(skip)]
    pub(super) text: String,
}

pub(super) fn landscapes() -> Vec<Member> {
    let member = |any: &AnyLandscape| Member {
        landscape: Some(facts(any)),
        ..member(any.name(), any.settings())
    };
    AnyLandscape::all().iter().map(member).collect()
}

pub(super) fn optimizers() -> Vec<Member> {
    AnyOptimizer::all()
        .iter()
        .map(|any| member(any.name(), any.settings()))
        .collect()
}

pub(super) fn schedules() -> Vec<Member> {
    AnySchedule::all()
        .iter()
        .map(|any| member(any.name(), any.settings()))
        .collect()
}

fn member(name: &'static str, settings: &dyn Settings) -> Member {
    let described = settings.params().iter().enumerate();
    Member {
        name,
        title: settings.title(),
        help: plain(settings.help()),
        landscape: None,
        settings: described
            .map(|(index, param)| setting(param, &settings.default_value(index)))
            .collect(),
    }
}

fn facts(any: &AnyLandscape) -> Facts {
    let landscape = any.as_dyn();
    // A built-in data set has its minimum only once it is read.
    let minima = landscape
        .ground(&NoFiles)
        .map_or(landscape.minima(), |ground| ground.minima);
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
        Kind::Choice(names) => ("choice", json!(names)),
        Kind::Flag => ("flag", json!(null)),
        Kind::Text => ("text", json!(null)),
    };
    let text = param.text(default);
    let default = match default {
        Value::Real(real) => json!(real),
        Value::Count(count) => json!(count),
        Value::Flag(flag) => json!(flag),
        Value::List(list) => json!(list),
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
        help: plain(param.help),
        text,
    }
}

/// A doc comment as running text, one line a paragraph.
fn plain(help: &str) -> String {
    let lines: Vec<&str> = help.lines().map(str::trim).collect();
    let paragraphs = lines
        .split(|line| line.is_empty())
        .filter(|lines| !lines.is_empty());
    paragraphs
        .map(|lines| lines.join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}
