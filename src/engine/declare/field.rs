//! The Rust types that settings can have, and their conversion to [`Value`].

use super::{Interval, Kind, Param, Slider, Value};

/// The declaration of a field of `settings!` without the kind, which its type adds.
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
    /// Returns the parameter: the declaration and the kind of the type `T`.
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

/// A type of a setting.
pub trait Field: Sized {
    /// The kind of its values.
    const KIND: Kind;
    /// Whether it may have no value.
    const OPTIONAL: bool = false;
    /// Converts to a [`Value`].
    fn to_value(&self) -> Value;
    /// Converts from a [`Value`]; `None` if the value is of another kind.
    fn from_value(value: Value) -> Option<Self>;
}

macro_rules! plain_field {
    ($($type:ty => $kind:ident),+ $(,)?) => {$(
        impl Field for $type {
            const KIND: Kind = Kind::$kind;
            fn to_value(&self) -> Value {
                Value::$kind(self.clone())
            }
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$kind(value) => Some(value),
                    _ => None,
                }
            }
        }
    )+};
}

plain_field! {
    f64 => Real,
    u64 => Count,
    bool => Flag,
    Vec<f64> => List,
    Vec<u64> => Counts,
    String => Text,
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
