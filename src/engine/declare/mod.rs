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

mod param;
pub mod spec;
mod table;

pub use param::{Interval, Kind, Param, Scale, SettingError, Slider, Value};
pub use table::{deserialize, serialize};

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
    fn set(&mut self, name: &str, value: Value) -> Result<(), SettingError> {
        let index = self.index(name)?;
        self.params()[index].check(&value)?;
        self.store(index, value);
        Ok(())
    }

    /// The place of the setting called `name`, or the refusal that lists the valid ones.
    fn index(&self, name: &str) -> Result<usize, SettingError> {
        self.params()
            .iter()
            .position(|param| param.name == name)
            .ok_or_else(|| SettingError::Key {
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

impl Field for f64 {
    const KIND: Kind = Kind::Real;
    fn to_value(&self) -> Value {
        Value::Real(*self)
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Real(value) = value {
            Some(value)
        } else {
            None
        }
    }
}

impl Field for u64 {
    const KIND: Kind = Kind::Count;
    fn to_value(&self) -> Value {
        Value::Count(*self)
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Count(value) = value {
            Some(value)
        } else {
            None
        }
    }
}

impl Field for bool {
    const KIND: Kind = Kind::Flag;
    fn to_value(&self) -> Value {
        Value::Flag(*self)
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Flag(value) = value {
            Some(value)
        } else {
            None
        }
    }
}

impl Field for Vec<f64> {
    const KIND: Kind = Kind::List;
    fn to_value(&self) -> Value {
        Value::List(self.clone())
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::List(value) = value {
            Some(value)
        } else {
            None
        }
    }
}

impl Field for Vec<u64> {
    const KIND: Kind = Kind::Counts;
    fn to_value(&self) -> Value {
        Value::Counts(self.clone())
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Counts(value) = value {
            Some(value)
        } else {
            None
        }
    }
}

impl Field for String {
    const KIND: Kind = Kind::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(value) = value {
            Some(value)
        } else {
            None
        }
    }
}

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
/// assert_eq!(refused.to_string(), "`rates` cannot be `NaN`; expected a number in [0, 10]");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __settings {
    ($(#[doc = $doc:literal])+ pub enum $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "a choice's name says what it is; the enum explains")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// Its name in specs.
            #[allow(dead_code, reason = "most choices need no name but that of their field")]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl $crate::engine::declare::Field for $name {
            const KIND: $crate::engine::declare::Kind = $crate::engine::declare::Kind::Choice(&[$($text),+]);
            fn to_value(&self) -> $crate::engine::declare::Value {
                $crate::engine::declare::Value::Choice(self.name())
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
            type Err = $crate::engine::declare::SettingError;
            /// Reads `name` or `name:key=value,key=value`.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let (name, rest) = $crate::engine::declare::spec::head(text);
                let mut member = Self::NAMES
                    .iter()
                    .position(|known| *known == name)
                    .map(|index| Self::all().swap_remove(index))
                    .ok_or_else(|| $crate::engine::declare::SettingError::Name {
                        family: $family,
                        given: name.to_owned(),
                        valid: Self::NAMES.to_vec(),
                    })?;
                $crate::engine::declare::spec::read_settings(name, rest, member.settings_mut())?;
                Ok(member)
            }
        }

        impl std::fmt::Display for $any {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::engine::declare::spec::write_settings(self.name(), self.settings()))
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

#[cfg(test)]
#[allow(unreachable_pub, reason = "settings! declares for others to see")]
mod tests {
    use super::*;

    settings! {
        /// A choice.
        pub enum Side { Left = "left", Right = "right" }
    }

    settings! {
        /// One of each kind.
        pub struct Everything("Everything") {
            /// A share.
            share: f64 = 0.5, in 0.0..1.0, linear 0.0..=1.0, unit "m";
            /// A count.
            count: u64 = 3, in 1.0..=1e6, log 1.0..=100.0;
            /// A flag.
            flag: bool = false;
            /// A side.
            side: Side = Side::Left;
            /// A list.
            list: Vec<f64> = vec![1.0, 2.5], in 0.0..;
            /// Counts.
            counts: Vec<u64> = vec![16], in 1.0..=64.0;
            /// A text.
            text: String = "plain".to_owned();
            /// A limit.
            limit: Option<f64> = None, in 0.0.., none "off";
        }
    }

    /// Reads `key=value` into fresh settings.
    fn read(text: &str) -> Result<Everything, String> {
        let mut settings = Everything::default();
        let read = crate::engine::declare::spec::read_settings("everything", text, &mut settings);
        read.map(|()| settings)
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn every_kind_reads_back_what_it_writes() {
        let text = "share=0.25,count=7,flag=true,side=right,list=0/1e-9/3,counts=8/4,text=\"a,b\",limit=1e300";
        let settings = read(text).unwrap();
        assert_eq!(settings.side, Side::Right);
        assert_eq!(settings.list, [0.0, 1e-9, 3.0]);
        assert_eq!(settings.counts, [8, 4]);
        assert_eq!(settings.limit, Some(1e300));
        let written = crate::engine::declare::spec::write_settings("everything", &settings);
        assert_eq!(written, format!("everything:{text}"));
        assert_eq!(read("count=1e3,limit=off").unwrap().count, 1000);
        let none = read("counts=").unwrap();
        assert_eq!(none.counts, [0; 0]);
        let written = crate::engine::declare::spec::write_settings("everything", &none);
        assert_eq!(written, "everything:counts=");
        let table = toml::to_string(&settings).unwrap();
        assert_eq!(toml::from_str::<Everything>(&table).unwrap(), settings);
    }

    #[test]
    fn what_is_not_legal_is_refused_with_what_is() {
        for (text, expected) in [
            (
                "share=1",
                "`share` cannot be `1`; expected a number in [0, 1)",
            ),
            (
                "share=nan",
                "`share` cannot be `NaN`; expected a number in [0, 1)",
            ),
            (
                "share=inf",
                "`share` cannot be `inf`; expected a number in [0, 1)",
            ),
            (
                "share=",
                "`share` cannot be empty; expected a number in [0, 1)",
            ),
            (
                "count=0",
                "`count` cannot be `0`; expected a whole number in [1, 1000000]",
            ),
            (
                "count=1.5",
                "`count` cannot be `1.5`; expected a whole number in [1, 1000000]",
            ),
            (
                "count=-1",
                "`count` cannot be `-1`; expected a whole number in [1, 1000000]",
            ),
            ("flag=yes", "`flag` cannot be `yes`; expected true or false"),
            (
                "side=up",
                "`side` cannot be `up`; expected one of left, right",
            ),
            (
                "list=1/x",
                "`list` cannot be `1/x`; expected numbers joined by `/`, each one in [0, ∞)",
            ),
            (
                "counts=8/0.5",
                "`counts` cannot be `8/0.5`; expected whole numbers joined by `/` or none, each one in [1, 64]",
            ),
            (
                "limit=-1",
                "`limit` cannot be `-1`; expected a number in [0, ∞) or `off`",
            ),
            (
                "limit=on",
                "`limit` cannot be `on`; expected a number in [0, ∞) or `off`",
            ),
            (
                "shrae=1",
                "`everything` has no setting `shrae`; did you mean `share`?",
            ),
            ("share=0,share=0", "`share` is given twice"),
            (
                "share",
                "`share` in `everything:share` is not a setting; expected key=value",
            ),
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.starts_with(expected), "{text}: {refused}");
        }
    }

    #[test]
    fn declarations_carry_help_ranges_and_units() {
        let params = Everything::default().params();
        assert_eq!((params[0].help, params[0].unit), ("A share.", "m"));
        assert_eq!(
            params[1].slider.map(|slider| slider.scale),
            Some(Scale::log)
        );
        assert_eq!((params[7].none, params[0].none), (Some("off"), None));
        assert_eq!(Everything::default().help(), "One of each kind.");
    }
}
