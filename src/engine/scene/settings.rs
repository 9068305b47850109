//! The settings of a scene that no single run owns.

use crate::engine::declare::settings;

settings! {
    /// What all runs of a scene share.
    pub struct Training("Training") {
        /// How many steps every run takes.
        steps: u64 = 500, in 1.0..=1e6, log 10.0..=10000.0;
        /// The seed of noise and mini-batches. The same seed gives the same picture.
        seed: u64 = 0, in 0.0..=9e15;
        /// σ of the Gaussian noise that is added to every component of every gradient.
        noise: f64 = 0.0, in 0.0.., log 1e-3..=100.0;
        /// Gradients longer than this are shortened to it, like PyTorch's clip_grad_norm_.
        clip_norm: Option<f64> = None, in 0.0.., log 1e-2..=100.0, none "off";
        /// Components of a gradient are kept within ± this, like PyTorch's clip_grad_value_.
        clip_value: Option<f64> = None, in 0.0.., log 1e-2..=100.0, none "off";
        /// Samples in a mini-batch, on landscapes that have data.
        batch: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0, none "all";
        /// A run ends where its gradient norm is below this.
        tolerance: Option<f64> = None, in 0.0.., log 1e-12..=1.0, none "off";
    }
}

settings! {
    /// How contour levels are spaced.
    pub enum LevelSpacing { Auto = "auto", Linear = "linear", Log = "log" }
}

settings! {
    /// What the map shows.
    pub struct MapStyle("Map") {
        /// Colours the landscape by its height.
        fill: bool = true;
        /// Contour lines.
        lines: bool = true;
        /// Heights written on contour lines.
        labels: bool = true;
        /// Where contour levels are close: auto takes what suits the landscape.
        spacing: LevelSpacing = LevelSpacing::Auto;
        /// About how many contour levels.
        levels: u64 = 20, in 2.0..=100.0, linear 2.0..=50.0;
        /// Arrows down the gradient.
        arrows: bool = false;
        /// Stars on minima, circles on saddles, where they are known.
        minima: bool = true;
        /// Minima, maxima and saddles in view, found by Newton's method, with the Hessian's eigenvalues; the left panel lists them.
        critical: bool = false;
        /// The paths of the runs.
        trails: bool = true;
        /// What moves the selected run, or the first one: its next step, true to scale; the directions that it goes by, at readable
        /// lengths; the places that its rule keeps or looks at.
        internals: bool = false;
    }
}
