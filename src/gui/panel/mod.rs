//! The panels around the map.

pub(crate) mod optimizers;
pub(crate) mod scene;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod timeline;

/// A name that is not longer than so many characters; its end is left out.
fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let kept: String = name.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
