//! What is declared once: [`settings!`] for a struct that sliders, command line, files and docs can read, and
//! [`family!`] for a closed set of members that share a trait. They are the only macros of the program.
//!
//! ```
//! use ravine::engine::declare::{Refusal, Settings, Value};
//! use ravine::engine::optimizer::AnyOptimizer;
//!
//! let adam: AnyOptimizer = "adam:lr=0.05,beta1=0.95".parse()?;
//! assert_eq!(adam.name(), "adam");
//! assert_eq!(adam.settings().get("lr"), Some(Value::Real(0.05)));
//! assert_eq!(adam.to_string(), "adam:lr=0.05,beta1=0.95");
//!
//! let refused = "adma".parse::<AnyOptimizer>().unwrap_err();
//! assert!(refused.to_string().starts_with("unknown optimizer `adma`; did you mean `adam`?"));
//! # Ok::<(), Refusal>(())
//! ```

use super::spec;
use serde::ser::SerializeMap;
use std::fmt;
use std::ops::{Bound, RangeBounds};

/// Why a name, a key or a value was refused. Its text is one sentence that lists what is valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No member of the family has this name.
    #[error("unknown {family} `{given}`; {}", suggestion(given, valid))]
    Name {
        /// What was looked for: "optimizer", "landscape", …
        family: &'static str,
        /// The name that was given.
        given: String,
        /// Every valid name.
        valid: Vec<&'static str>,
    },
    /// The member has no such setting.
    #[error("`{owner}` has no setting `{given}`; {}", suggestion(given, valid))]
    Key {
        /// The member's name.
        owner: String,
        /// The key that was given.
        given: String,
        /// Every valid key.
        valid: Vec<&'static str>,
    },
    /// The setting exists, the value is not one of its values.
    #[error("`{setting}` cannot be {given}; expected {expected}")]
    Value {
        /// The setting's name.
        setting: &'static str,
        /// The value that was given, as text.
        given: String,
        /// What is legal, in words.
        expected: String,
    },
    /// The text does not follow the grammar of [`spec`](super::spec).
    #[error("{0}")]
    Grammar(String),
}

/// "did you mean …?" where something is near, then the list of what is valid.
fn suggestion(given: &str, valid: &[&'static str]) -> String {
    let nearest = valid
        .iter()
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= 1 + name.len().min(given.len()) / 3);
    let list = match valid {
        [] => "it has no settings".to_owned(),
        _ => format!("valid: {}", valid.join(", ")),
    };
    match nearest {
        Some((_, name)) => format!("did you mean `{name}`? ({list})"),
        None => list,
    }
}

/// An interval of the real line, each end open, closed or infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    low: Bound<f64>,
    high: Bound<f64>,
}

impl Interval {
    /// All finite numbers.
    pub const ALL: Self = Self {
        low: Bound::Unbounded,
        high: Bound::Unbounded,
    };

    /// The numbers of a Rust range: `0.0..`, `0.0..1.0`, `1.0..=5.0`, or a pair of bounds.
    pub fn of(range: impl RangeBounds<f64>) -> Self {
        Self {
            low: range.start_bound().cloned(),
            high: range.end_bound().cloned(),
        }
    }

    /// Whether `value` is finite and inside.
    pub fn contains(&self, value: f64) -> bool {
        value.is_finite() && (self.low, self.high).contains(&value)
    }

    /// The finite ends, infinities where there are none.
    pub fn ends(&self) -> [f64; 2] {
        let end = |bound, infinite| match bound {
            Bound::Included(value) | Bound::Excluded(value) => value,
            Bound::Unbounded => infinite,
        };
        [
            end(self.low, f64::NEG_INFINITY),
            end(self.high, f64::INFINITY),
        ]
    }
}

/// `[0, 1)`, `(0, ∞)`: the way mathematics writes it.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.low {
            Bound::Included(low) => write!(f, "[{}, ", spec::real(low))?,
            Bound::Excluded(low) => write!(f, "({}, ", spec::real(low))?,
            Bound::Unbounded => f.write_str("(-∞, ")?,
        }
        match self.high {
            Bound::Included(high) => write!(f, "{}]", spec::real(high)),
            Bound::Excluded(high) => write!(f, "{})", spec::real(high)),
            Bound::Unbounded => f.write_str("∞)"),
        }
    }
}

/// How a slider runs from its low to its high end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    non_camel_case_types,
    reason = "written in lower case inside settings!"
)]
pub enum Scale {
    /// Even steps.
    linear,
    /// Even factors; a legal zero sits at the low end.
    log,
}

/// The reach of a slider: narrower than what is legal, and what can be typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slider {
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Low end.
    pub low: f64,
    /// High end.
    pub high: f64,
}

/// What a setting can hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A finite real number.
    Real,
    /// A whole number from 0.
    Count,
    /// Yes or no.
    Flag,
    /// One of a few names.
    Choice(&'static [&'static str]),
    /// Real numbers, joined by `/` in a spec.
    List,
    /// Any text.
    Text,
}

/// The declaration of one setting: everything that sliders, command line, files and docs need to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name, which is PyTorch's where PyTorch has the thing.
    pub name: &'static str,
    /// Its doc comment.
    pub help: &'static str,
    /// What it can hold.
    pub kind: Kind,
    /// The legal values of numbers.
    pub legal: Interval,
    /// The reach of its slider.
    pub slider: Option<Slider>,
    /// The word for "no value", for a setting that may have none: `auto`, `off`, `all`.
    pub none: Option<&'static str>,
    /// Its unit, if it has one.
    pub unit: &'static str,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A finite real number.
    Real(f64),
    /// A whole number.
    Count(u64),
    /// Yes or no.
    Flag(bool),
    /// One of the declared names.
    Choice(&'static str),
    /// Real numbers.
    List(Vec<f64>),
    /// Any text.
    Text(String),
    /// No value: the setting's word for it says what that means.
    None,
}

impl Param {
    /// Refuses a number that is not finite or not legal, and a value of another kind.
    pub fn check(&self, value: &Value) -> Result<(), Refusal> {
        let sound = match (value, self.kind) {
            (Value::Real(real), Kind::Real) => self.legal.contains(*real),
            #[expect(
                clippy::cast_precision_loss,
                reason = "legal counts are far below 2^53"
            )]
            (Value::Count(count), Kind::Count) => self.legal.contains(*count as f64),
            (Value::List(list), Kind::List) => list.iter().all(|real| self.legal.contains(*real)),
            (Value::Choice(choice), Kind::Choice(names)) => names.contains(choice),
            (Value::Flag(_), Kind::Flag) | (Value::Text(_), Kind::Text) => true,
            (Value::None, _) => self.none.is_some(),
            _ => false,
        };
        if sound {
            Ok(())
        } else {
            Err(self.refusal(&self.text(value)))
        }
    }

    /// Reads a value as it stands in a spec, and checks it.
    pub fn parse(&self, text: &str) -> Result<Value, Refusal> {
        let value = if self.none.is_some_and(|word| word == text) {
            Some(Value::None)
        } else {
            match self.kind {
                Kind::Real => text.parse().ok().map(Value::Real),
                Kind::Count => count(text).map(Value::Count),
                Kind::Flag => text.parse().ok().map(Value::Flag),
                Kind::Choice(names) => names
                    .iter()
                    .find(|name| **name == text)
                    .map(|name| Value::Choice(name)),
                Kind::List => text
                    .split('/')
                    .map(|part| part.trim().parse().ok())
                    .collect::<Option<_>>()
                    .map(Value::List),
                Kind::Text => Some(Value::Text(text.to_owned())),
            }
        };
        let value = value.ok_or_else(|| self.refusal(text))?;
        self.check(&value)?;
        Ok(value)
    }

    /// A value as it stands in a spec; [`Param::parse`] reads it back to the same bits.
    pub fn text(&self, value: &Value) -> String {
        match value {
            Value::Real(real) => spec::real(*real),
            Value::Count(count) => count.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Choice(choice) => (*choice).to_owned(),
            Value::List(list) => list
                .iter()
                .map(|real| spec::real(*real))
                .collect::<Vec<_>>()
                .join("/"),
            Value::Text(text) => text.clone(),
            Value::None => self.none.unwrap_or("none").to_owned(),
        }
    }

    /// What is legal, in words: "a number in [0, 1)".
    pub fn expected(&self) -> String {
        let numbers = |what: &str| match self.legal {
            Interval::ALL => format!("{what} that is finite"),
            legal => format!("{what} in {legal}"),
        };
        let mut words = match self.kind {
            Kind::Real => numbers("a number"),
            Kind::Count => numbers("a whole number"),
            Kind::Flag => "true or false".to_owned(),
            Kind::Choice(names) => format!("one of {}", names.join(", ")),
            Kind::List => numbers("numbers joined by `/`, each one"),
            Kind::Text => "text".to_owned(),
        };
        if let Some(word) = self.none {
            words.push_str(" or `");
            words.push_str(word);
            words.push('`');
        }
        words
    }

    fn refusal(&self, given: &str) -> Refusal {
        let given = if given.is_empty() {
            "empty".to_owned()
        } else {
            format!("`{given}`")
        };
        Refusal::Value {
            setting: self.name,
            given,
            expected: self.expected(),
        }
    }
}

/// A whole number, in digits or like `1e6`.
fn count(text: &str) -> Option<u64> {
    text.parse().ok().or_else(|| {
        let real: f64 = text.parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is tested first"
        )]
        (real.fract() == 0.0 && (0.0..9e15).contains(&real)).then_some(real as u64)
    })
}

/// A struct declared by [`settings!`].
pub trait Settings {
    /// Its name for people: "Adam".
    fn title(&self) -> &'static str;
    /// Its doc comment.
    fn help(&self) -> &'static str;
    /// Its settings, in the order of declaration.
    fn params(&self) -> &'static [Param];
    /// The value of setting `index`.
    fn value(&self, index: usize) -> Value;
    /// The default of setting `index`.
    fn default_value(&self, index: usize) -> Value;
    /// Stores a value that [`Param::check`] has let pass.
    #[doc(hidden)]
    fn store(&mut self, index: usize, value: Value);

    /// The value of the setting called `name`.
    fn get(&self, name: &str) -> Option<Value> {
        Some(self.value(self.params().iter().position(|param| param.name == name)?))
    }

    /// Checks and stores a value; refuses an unknown name and a value that is not legal.
    fn set(&mut self, name: &str, value: Value) -> Result<(), Refusal> {
        let index = self.index(name)?;
        self.params()[index].check(&value)?;
        self.store(index, value);
        Ok(())
    }

    /// The place of the setting called `name`, or the refusal that lists the valid ones.
    fn index(&self, name: &str) -> Result<usize, Refusal> {
        self.params()
            .iter()
            .position(|param| param.name == name)
            .ok_or_else(|| Refusal::Key {
                owner: self.title().to_owned(),
                given: name.to_owned(),
                valid: self.params().iter().map(|param| param.name).collect(),
            })
    }
}

/// What a field of [`settings!`] is described by, before its type adds its kind.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Declared {
    pub name: &'static str,
    pub help: &'static str,
    pub legal: Interval,
    pub slider: Option<Slider>,
    pub none: &'static str,
    pub unit: &'static str,
}

impl Declared {
    /// Joins the kind of the field's type to the declaration.
    pub fn param<T: Field>(self) -> Param {
        let Self {
            name,
            help,
            legal,
            slider,
            none,
            unit,
        } = self;
        Param {
            name,
            help,
            kind: T::KIND,
            legal,
            slider,
            none: T::OPTIONAL.then_some(none),
            unit,
        }
    }
}

/// A type that a setting can have.
pub trait Field: Sized {
    /// What it holds.
    const KIND: Kind;
    /// Whether it may hold nothing.
    const OPTIONAL: bool = false;
    /// Into the common form.
    fn to_value(&self) -> Value;
    /// Out of the common form; `None` if the value is of another kind.
    fn from_value(value: Value) -> Option<Self>;
}

macro_rules! field {
    ($type:ty, $kind:ident) => {
        impl Field for $type {
            const KIND: Kind = Kind::$kind;
            fn to_value(&self) -> Value {
                Value::$kind(self.clone())
            }
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$kind(inner) => Some(inner),
                    _ => None,
                }
            }
        }
    };
}
field!(f64, Real);
field!(u64, Count);
field!(bool, Flag);
field!(Vec<f64>, List);
field!(String, Text);

impl<T: Field> Field for Option<T> {
    const KIND: Kind = T::KIND;
    const OPTIONAL: bool = true;
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::None, T::to_value)
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::None => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// Writes settings as a table of plain values; a setting without a value is left out.
pub fn serialize<S: serde::Serializer>(
    settings: &dyn Settings,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (index, param) in settings.params().iter().enumerate() {
        match settings.value(index) {
            Value::Real(real) => map.serialize_entry(param.name, &real)?,
            Value::Count(count) => map.serialize_entry(param.name, &count)?,
            Value::Flag(flag) => map.serialize_entry(param.name, &flag)?,
            Value::Choice(choice) => map.serialize_entry(param.name, choice)?,
            Value::List(list) => map.serialize_entry(param.name, &list)?,
            Value::Text(text) => map.serialize_entry(param.name, &text)?,
            Value::None => {}
        }
    }
    map.end()
}

/// Reads settings from a table; what is missing keeps its default, what is unknown or not legal is refused.
pub fn deserialize<'de, T: Settings + Default, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct Table<T>(std::marker::PhantomData<T>);
    impl<'de, T: Settings + Default> serde::de::Visitor<'de> for Table<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table of settings")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
            let mut settings = T::default();
            while let Some(key) = map.next_key::<String>()? {
                let index = settings.index(&key).map_err(serde::de::Error::custom)?;
                let param = &settings.params()[index];
                let text = map.next_value::<Plain>()?.text();
                settings.store(index, param.parse(&text).map_err(serde::de::Error::custom)?);
            }
            Ok(settings)
        }
    }
    deserializer.deserialize_map(Table(std::marker::PhantomData))
}

/// A value as scene files spell it.
#[derive(serde::Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number, true or false, text, or a list of numbers"
)]
enum Plain {
    Flag(bool),
    Count(u64),
    Real(f64),
    Text(String),
    List(Vec<f64>),
}

impl Plain {
    fn text(self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Real(real) => spec::real(real),
            Self::Text(text) => text,
            Self::List(list) => list
                .into_iter()
                .map(spec::real)
                .collect::<Vec<_>>()
                .join("/"),
        }
    }
}

/// A member of a family.
pub trait Named {
    /// Its name: that of its file, with dashes.
    const NAME: &'static str;
}

/// `three_hump_camel` → `three-hump-camel`, at compile time: a member is called like its file.
#[doc(hidden)]
pub const fn dashed<const N: usize>(module: &str) -> [u8; N] {
    let mut name = [0; N];
    let mut at = 0;
    while at < N {
        let byte = module.as_bytes()[at];
        name[at] = if byte == b'_' { b'-' } else { byte };
        at += 1;
    }
    name
}

/// Declares a struct of settings, or the choices that a setting can have.
///
/// A field reads `name: type = default, in legal range, linear or log slider range, none "word", unit "unit";` where everything
/// after the default may be left out. Doc comments become help texts. The struct gains `Default`, [`Settings`] and serde.
///
/// ```
/// ravine::engine::declare::settings! {
///     /// Which side of the road.
///     pub enum Side { Left = "left", Right = "right" }
/// }
/// ravine::engine::declare::settings! {
///     /// Walks.
///     pub struct Walk("Walk") {
///         /// Steps a second.
///         pace: f64 = 1.5, in 0.0..=10.0, linear 0.0..=3.0, unit "1/s";
///         /// Where to keep.
///         side: Side = Side::Left;
///         /// How far.
///         limit: Option<u64> = None, in 1.0..=1e6, none "off";
///     }
/// }
/// use ravine::engine::declare::{Settings, Value};
/// let mut walk = Walk::default();
/// walk.set("side", Value::Choice("right")).unwrap();
/// assert_eq!(walk.side, Side::Right);
/// let refused = walk.set("pace", Value::Real(f64::NAN)).unwrap_err();
/// assert_eq!(refused.to_string(), "`pace` cannot be `NaN`; expected a number in [0, 10]");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __settings {
    ($(#[doc = $doc:literal])+ pub enum $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "a choice's name says what it is; the enum explains")]
        pub enum $name { $($variant),+ }

        impl $crate::engine::declare::Field for $name {
            const KIND: $crate::engine::declare::Kind = $crate::engine::declare::Kind::Choice(&[$($text),+]);
            fn to_value(&self) -> $crate::engine::declare::Value {
                $crate::engine::declare::Value::Choice(match self { $(Self::$variant => $text),+ })
            }
            fn from_value(value: $crate::engine::declare::Value) -> Option<Self> {
                match value {
                    $($crate::engine::declare::Value::Choice($text) => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
    ($(#[doc = $doc:literal])+ pub struct $name:ident($title:literal) { $(
        $(#[doc = $help:literal])+
        $field:ident: $type:ty = $default:expr
            $(, in $legal:expr)?
            $(, linear $linear:expr)?
            $(, log $log:expr)?
            $(, none $none:literal)?
            $(, unit $unit:literal)?;
    )* }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name { $($(#[doc = $help])+ pub $field: $type),* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),* }
            }
        }

        impl $crate::engine::declare::Settings for $name {
            fn title(&self) -> &'static str {
                $title
            }
            fn help(&self) -> &'static str {
                concat!($($doc, "\n"),+).trim()
            }
            fn params(&self) -> &'static [$crate::engine::declare::Param] {
                static PARAMS: std::sync::LazyLock<Vec<$crate::engine::declare::Param>> = std::sync::LazyLock::new(|| {
                    #[allow(unused_imports, reason = "a struct may have no settings, or no sliders")]
                    use $crate::engine::declare::{Declared, Interval, Scale, Slider};
                    vec![$({
                        #[allow(unused_mut, reason = "most fields declare more")]
                        let mut declared = Declared {
                            name: stringify!($field),
                            help: concat!($($help, "\n"),+).trim(),
                            legal: Interval::ALL,
                            slider: None,
                            none: "auto",
                            unit: "",
                        };
                        $(declared.legal = Interval::of($legal);)?
                        $(declared.slider = Some(Slider { scale: Scale::linear, low: *$linear.start(), high: *$linear.end() });)?
                        $(declared.slider = Some(Slider { scale: Scale::log, low: *$log.start(), high: *$log.end() });)?
                        $(declared.none = $none;)?
                        $(declared.unit = $unit;)?
                        declared.param::<$type>()
                    }),*]
                });
                &PARAMS
            }
            #[allow(unused_variables, reason = "a struct may have no settings")]
            fn value(&self, index: usize) -> $crate::engine::declare::Value {
                let values: [fn(&Self) -> $crate::engine::declare::Value; _] =
                    [$(|this| $crate::engine::declare::Field::to_value(&this.$field)),*];
                values[index](self)
            }
            fn default_value(&self, index: usize) -> $crate::engine::declare::Value {
                Self::default().value(index)
            }
            #[allow(unused_variables, reason = "a struct may have no settings")]
            fn store(&mut self, index: usize, value: $crate::engine::declare::Value) {
                let stores: [fn(&mut Self, $crate::engine::declare::Value); _] = [$(|this, value| {
                    if let Some(value) = $crate::engine::declare::Field::from_value(value) {
                        this.$field = value;
                    }
                }),*];
                stores[index](self, value);
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::engine::declare::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::engine::declare::deserialize(deserializer)
            }
        }
    };
}

/// Declares a family: the enum of its members, each named after its module.
///
/// `family! { pub enum AnyOptimizer: Optimizer = "optimizer" { sgd::Sgd, adam::Adam } }` yields the enum with `all()`,
/// `names()`, `name()`, `as_dyn()`, `settings()`, `settings_mut()`, `FromStr` and `Display` as the spec text, and serde as that text.
#[doc(hidden)]
#[macro_export]
macro_rules! __family {
    ($(#[$meta:meta])* pub enum $any:ident: $trait:ident = $family:literal { $($module:ident::$member:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs, reason = "each member is documented at its own type")]
        pub enum $any { $($member($module::$member)),+ }

        impl $any {
            /// Every member with its defaults, in the order of declaration.
            pub fn all() -> Vec<Self> {
                vec![$(Self::$member($module::$member::default())),+]
            }

            /// Every member's name, in the order of declaration.
            pub const NAMES: &[&'static str] = &[$(<$module::$member as $crate::engine::declare::Named>::NAME),+];

            /// The member's name: that of its file, with dashes.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$member(_) => <$module::$member as $crate::engine::declare::Named>::NAME),+ }
            }

            /// What the members have in common.
            pub fn as_dyn(&self) -> &dyn $trait {
                match self { $(Self::$member(member) => member),+ }
            }

            /// The member's settings.
            pub fn settings(&self) -> &dyn $crate::engine::declare::Settings {
                match self { $(Self::$member(member) => member),+ }
            }

            /// The member's settings, to be changed.
            pub fn settings_mut(&mut self) -> &mut dyn $crate::engine::declare::Settings {
                match self { $(Self::$member(member) => member),+ }
            }
        }

        $(impl $crate::engine::declare::Named for $module::$member {
            const NAME: &'static str = {
                const MODULE: &str = stringify!($module);
                const NAME: [u8; MODULE.len()] = $crate::engine::declare::dashed(MODULE);
                match std::str::from_utf8(&NAME) {
                    Ok(name) => name,
                    Err(_) => MODULE,
                }
            };
        })+

        impl std::str::FromStr for $any {
            type Err = $crate::engine::declare::Refusal;
            /// Reads `name` or `name:key=value,key=value`.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let (name, rest) = $crate::engine::spec::head(text);
                let mut member = Self::NAMES
                    .iter()
                    .position(|known| *known == name)
                    .map(|index| Self::all().swap_remove(index))
                    .ok_or_else(|| $crate::engine::declare::Refusal::Name {
                        family: $family,
                        given: name.to_owned(),
                        valid: Self::NAMES.to_vec(),
                    })?;
                $crate::engine::spec::read_settings(name, rest, member.settings_mut())?;
                Ok(member)
            }
        }

        impl std::fmt::Display for $any {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::engine::spec::write_settings(self.name(), self.settings()))
            }
        }

        impl serde::Serialize for $any {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $any {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub use __family as family;
pub use __settings as settings;
