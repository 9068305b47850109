//! Profiles of optimizers: kind, memory, cost, strengths and weaknesses, for menus and reference pages.

/// Profile of an optimizer. Its reference page shows it together with the help of its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Group in menus.
    pub kind: Kind,
    /// Memory of the optimizer state, in numbers, like "2 numbers per parameter".
    pub state: &'static str,
    /// Evaluations per step, like "1 gradient".
    pub cost: &'static str,
    /// Problems that it suits, as a sentence.
    pub strengths: &'static str,
    /// Failure modes as they look on a map, as a sentence.
    pub weaknesses: &'static str,
}

/// Groups of optimizers; menus list them in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Steps along the gradient, its running mean or its sign, with one scale for all coordinates.
    Momentum,
    /// Steps scaled per coordinate by past gradients.
    Adaptive,
    /// Methods that need no tuned learning rate or no schedule.
    ParameterFree,
    /// Steps scaled by the norm of a layer, or by a matrix of gradients.
    Layers,
    /// Steps from curvature or from a line search.
    Curvature,
    /// Methods that evaluate only loss values.
    DerivativeFree,
}

impl Kind {
    /// All kinds in order.
    pub const ALL: [Self; 6] = [
        Self::Momentum,
        Self::Adaptive,
        Self::ParameterFree,
        Self::Layers,
        Self::Curvature,
        Self::DerivativeFree,
    ];

    /// Returns the heading of the group.
    pub fn title(self) -> &'static str {
        match self {
            Self::Momentum => "Descent and momentum",
            Self::Adaptive => "Adaptive",
            Self::ParameterFree => "Without rate or schedule",
            Self::Layers => "Layer-wise and matrix",
            Self::Curvature => "Curvature and line search",
            Self::DerivativeFree => "Without gradients",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::optimizer::AnyOptimizer;

    #[test]
    fn every_kind_has_members_and_every_profile_has_sentences() {
        let all = AnyOptimizer::all();
        let profiles: Vec<Profile> = all.iter().map(|any| any.as_dyn().profile()).collect();
        for kind in Kind::ALL {
            assert!(
                profiles.iter().any(|profile| profile.kind == kind),
                "{} is empty",
                kind.title()
            );
        }
        for (any, profile) in all.iter().zip(profiles) {
            for text in [profile.strengths, profile.weaknesses] {
                assert!(text.ends_with('.') && !text.contains("  "), "{any}: {text}");
            }
            for words in [profile.state, profile.cost] {
                let bare = !words.is_empty() && !words.ends_with('.');
                assert!(bare, "{any}: {words}");
            }
        }
    }
}
