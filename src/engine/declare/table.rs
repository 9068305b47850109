//! Settings as TOML tables of scene files.

use super::{Settings, Value};
use crate::engine::declare::spec;
use serde::ser::SerializeMap;
use std::fmt;

/// Serializes settings as a table of plain values; a setting without a value is left out.
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
            Value::Counts(counts) => map.serialize_entry(param.name, &counts)?,
            Value::Text(text) => map.serialize_entry(param.name, &text)?,
            Value::None => {}
        }
    }
    map.end()
}

/// Deserializes settings from a table. Missing keys keep their defaults; unknown keys and illegal values are errors.
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

/// A value in a scene file.
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
