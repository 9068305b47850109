//! What is worth knowing of an optimizer before it is chosen.

/// Its reference page, beside what its declaration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Where users look for it.
    pub kind: Kind,
    /// What it keeps from step to step.
    pub state: &'static str,
    /// What it asks for in a step.
    pub cost: &'static str,
    /// When it helps.
    pub strengths: &'static str,
    /// How it fails, as one sees it on a map.
    pub weaknesses: &'static str,
}

/// What users look for together. Choosers show optimizers by kind, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Down the gradient, its mean or its sign, alike in all coordinates.
    Momentum,
    /// Each coordinate is scaled by the gradients that it has had.
    Adaptive,
    /// What others have a learning rate or a schedule for, these find out.
    ParameterFree,
    /// Scaled by the norm of a layer, or by a matrix of gradients.
    Layers,
    /// What is known of the curvature, or of the loss along a line, sets the step.
    Curvature,
    /// Only values of the loss are asked for.
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

    /// Its heading.
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
    fn every_kind_has_members_and_every_note_is_sentences() {
        let all = AnyOptimizer::all();
        let notes: Vec<Profile> = all.iter().map(|any| any.as_dyn().profile()).collect();
        for kind in Kind::ALL {
            assert!(
                notes.iter().any(|notes| notes.kind == kind),
                "{} is empty",
                kind.title()
            );
        }
        for (any, notes) in all.iter().zip(notes) {
            for text in [notes.strengths, notes.weaknesses] {
                assert!(text.ends_with('.') && !text.contains("  "), "{any}: {text}");
            }
            for words in [notes.state, notes.cost] {
                let bare = !words.is_empty() && !words.ends_with('.');
                assert!(bare, "{any}: {words}");
            }
        }
    }
}
