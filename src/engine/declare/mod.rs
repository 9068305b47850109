//! The macros [`settings!`] (a struct of settings that sliders, command line, files and docs read) and [`family!`] (a closed set of members
//! with one trait), the parameters that they declare, and the text grammar of specs.
//!
//! ```
//! use ravine::engine::declare::{SettingError, Settings, Value};
//! use ravine::engine::optimizer::AnyOptimizer;
//!
//! let adam: AnyOptimizer = "adam:lr=0.05,beta1=0.95".parse()?;
//! assert_eq!(adam.name(), "adam");
//! assert_eq!(adam.settings().get("lr"), Some(Value::Real(0.05)));
//! assert_eq!(adam.to_string(), "adam:lr=0.05,beta1=0.95");
//!
//! let error = "adma".parse::<AnyOptimizer>().unwrap_err();
//! assert!(error.to_string().starts_with("unknown optimizer `adma`; did you mean `adam`?"));
//! # Ok::<(), SettingError>(())
//! ```

mod error;
mod family_macro;
mod field;
mod length;
pub mod names;
mod param;
mod settings_macro;
pub mod spec;
mod table;

pub use error::SettingError;
pub use family_macro::{Named, dashed, family};
pub use field::{Declared, Field};
pub use length::{Length, LengthUnit};
pub use param::{Interval, Kind, Param, Scale, Slider, Value, whole_number};
pub use settings_macro::settings;
pub use table::{deserialize, serialize};

/// Returns a doc comment as running text: the lines of a paragraph are joined, and an empty line separates paragraphs.
#[doc(hidden)]
pub fn running_text(doc: &str) -> String {
    let lines: Vec<&str> = doc.lines().map(str::trim).collect();
    let paragraphs = lines
        .split(|line| line.is_empty())
        .filter(|lines| !lines.is_empty());
    let joined: Vec<String> = paragraphs.map(|lines| lines.join(" ")).collect();
    joined.join("\n\n")
}

/// A struct declared by [`settings!`].
pub trait Settings {
    /// Returns the title shown to users, like "Adam".
    fn title(&self) -> &'static str;
    /// Returns the help text: the doc comment of the struct, with one line for each paragraph and an empty line between them.
    fn help(&self) -> &'static str;
    /// Returns the declarations of the settings, in order.
    fn params(&self) -> &'static [Param];
    /// Returns the value of setting `index`.
    fn value(&self, index: usize) -> Value;
    /// Returns the default of setting `index`.
    fn default_value(&self, index: usize) -> Value;
    /// Stores a value that [`Param::check`] accepts.
    #[doc(hidden)]
    fn store(&mut self, index: usize, value: Value);

    /// Returns the value of the setting called `name`.
    fn get(&self, name: &str) -> Option<Value> {
        Some(self.value(self.params().iter().position(|param| param.name == name)?))
    }

    /// Checks and stores a value. Fails on an unknown name and on an illegal value.
    fn set(&mut self, name: &str, value: Value) -> Result<(), SettingError> {
        let index = self.index(name)?;
        self.params()[index].check(&value)?;
        self.store(index, value);
        Ok(())
    }

    /// Returns the index of the setting that `name` names, in any spelling that [`names`] knows. The error suggests valid names.
    fn index(&self, name: &str) -> Result<usize, SettingError> {
        names::setting(self.params(), name).ok_or_else(|| SettingError::Key {
            owner: self.title().to_owned(),
            given: name.to_owned(),
            valid: self.params().iter().map(|param| param.name).collect(),
        })
    }
}

#[cfg(test)]
mod tests;
