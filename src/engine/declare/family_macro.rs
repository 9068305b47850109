//! The macro `family!` and the names of members.

/// A member of a family, as `family!` implements it.
pub trait Named {
    /// The name in specs: the file's name with dashes.
    const NAME: &'static str;
}

/// Returns a module's name with dashes, `three_hump_camel` → `three-hump-camel`, at compile time.
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

/// Declares a family: an enum with one variant per member, named after the member's module.
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
            /// Returns every member with its default settings, in the order of declaration.
            pub fn all() -> Vec<Self> {
                vec![$(Self::$member($module::$member::default())),+]
            }

            /// The names of all members, in the order of declaration.
            pub const NAMES: &[&'static str] = &[$(<$module::$member as $crate::engine::declare::Named>::NAME),+];

            /// Returns the member's name: its file's name with dashes.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$member(_) => <$module::$member as $crate::engine::declare::Named>::NAME),+ }
            }

            /// Returns the member as the trait of its family.
            pub fn as_dyn(&self) -> &dyn $trait {
                match self { $(Self::$member(member) => member),+ }
            }

            /// Returns the member's settings.
            pub fn settings(&self) -> &dyn $crate::engine::declare::Settings {
                match self { $(Self::$member(member) => member),+ }
            }

            /// Returns the member's settings for changes.
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
            /// Reads `name` or `name:key=value,key=value`, in any spelling that `engine::declare::names` knows.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let (name, rest) = $crate::engine::declare::spec::head(text);
                let (index, implied) = $crate::engine::declare::names::member($family, Self::NAMES, name)
                    .ok_or_else(|| $crate::engine::declare::SettingError::Name {
                        family: $family,
                        given: name.to_owned(),
                        valid: Self::NAMES.to_vec(),
                    })?;
                let mut member = Self::all().swap_remove(index);
                $crate::engine::declare::spec::read_settings(name, implied, member.settings_mut())?;
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
