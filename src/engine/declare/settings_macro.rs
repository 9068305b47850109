//! The macro `settings!`.

/// Declares a struct of settings, or an enum of the choices of a setting.
///
/// A field reads `name: type = default, in legal range, linear or log slider range, none "word", unit "unit";` where everything
/// after the default may be left out. Doc comments become help texts. The struct implements `Default`,
/// [`Settings`](crate::engine::declare::Settings) and serde.
///
/// ```
/// ravine::engine::declare::settings! {
///     /// The side of the road.
///     pub enum Side { Left = "left", Right = "right" }
/// }
/// ravine::engine::declare::settings! {
///     /// A walk.
///     pub struct Walk("Walk") {
///         /// Steps per second.
///         pace: f64 = 1.5, in 0.0..=10.0, linear 0.0..=3.0, unit "1/s";
///         /// The side to keep to.
///         side: Side = Side::Left;
///         /// The maximum distance.
///         limit: Option<u64> = None, in 1.0..=1e6, none "off";
///     }
/// }
/// use ravine::engine::declare::{Settings, Value};
/// let mut walk = Walk::default();
/// walk.set("side", Value::Choice("right")).unwrap();
/// assert_eq!(walk.side, Side::Right);
/// let error = walk.set("pace", Value::Real(f64::NAN)).unwrap_err();
/// assert_eq!(error.to_string(), "`pace` cannot be `NaN`; expected a number in [0, 10]");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __settings {
    ($(#[doc = $doc:literal])+ pub enum $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the enum's doc comment explains its choices")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// Returns the choice's name in specs.
            #[allow(dead_code, reason = "few choices are named outside of specs")]
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
                static HELP: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
                    $crate::engine::declare::running_text(concat!($($doc, "\n"),+))
                });
                &HELP
            }
            fn params(&self) -> &'static [$crate::engine::declare::Param] {
                static PARAMS: std::sync::LazyLock<Vec<$crate::engine::declare::Param>> = std::sync::LazyLock::new(|| {
                    #[allow(unused_imports, reason = "a struct may have no settings, or no sliders")]
                    use $crate::engine::declare::{Declared, Interval, Scale, Slider};
                    vec![$({
                        #[allow(unused_mut, reason = "most fields declare more")]
                        let mut declared = Declared {
                            name: stringify!($field),
                            help: $crate::engine::declare::running_text(concat!($($help, "\n"),+)).leak(),
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

pub use __settings as settings;
