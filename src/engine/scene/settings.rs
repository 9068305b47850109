//! The settings that all runs of a scene share, the style of its map, and the camera of its surface.

use crate::engine::declare::settings;

settings! {
    /// Settings that all runs of a scene share.
    pub struct Training("Training") {
        /// Number of steps of every run.
        steps: u64 = 500, in 1.0..=1e6, log 10.0..=10000.0;
        /// Seed of noise and mini-batches. Equal seeds give equal results.
        seed: u64 = 0, in 0.0..=9e15;
        /// Number of seeds of every run, which count up from seed: 10 seeds from 0 are 0..9. Charts show the median, the quartiles and the
        /// mean over them, tables mean ± standard deviation, maps the first seed. Seeds differ only where something is random: noise,
        /// mini-batches, or the first weights of a network.
        seeds: Option<u64> = None, in 2.0..=1000.0, log 2.0..=50.0, none "one";
        /// σ of the Gaussian noise added to every component of every gradient.
        noise: f64 = 0.0, in 0.0.., log 1e-3..=100.0;
        /// Maximum norm of a gradient; longer gradients are scaled down to it, as by PyTorch's clip_grad_norm_.
        clip_norm: Option<f64> = None, in 0.0.., log 1e-2..=100.0, none "off";
        /// Bound of each gradient component, ± this value, as by PyTorch's clip_grad_value_.
        clip_value: Option<f64> = None, in 0.0.., log 1e-2..=100.0, none "off";
        /// Samples per mini-batch, for landscapes and networks with data.
        batch: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0, none "all";
        /// Gradient norm below which a run has converged and ends.
        tolerance: Option<f64> = None, in 0.0.., log 1e-12..=1.0, none "off";
    }
}

settings! {
    /// Spacing of contour levels.
    pub enum LevelSpacing { Auto = "auto", Linear = "linear", Log = "log" }
}

settings! {
    /// Colours of heights on maps.
    pub enum ColourMap { Viridis = "viridis", Cividis = "cividis", Magma = "magma", Terrain = "terrain", Greys = "greys" }
}

settings! {
    /// Style of the map.
    pub struct MapStyle("Map") {
        /// Colours by height.
        fill: bool = true;
        /// Contour lines.
        lines: bool = true;
        /// Heights on contour lines.
        labels: bool = true;
        /// Spacing of contour levels; auto is the landscape's own.
        spacing: LevelSpacing = LevelSpacing::Auto;
        /// Approximate number of contour levels.
        levels: u64 = 20, in 2.0..=100.0, linear 2.0..=50.0;
        /// Colours of heights; auto is the theme's own map, with two hues around 0 for heights of both signs.
        cmap: Option<ColourMap> = None, none "auto";
        /// Arrows down the gradient.
        arrows: bool = false;
        /// Hill shading: slopes are light where they face the upper left corner, and dark where they face away from it.
        hillshade: bool = false;
        /// Stars on known minima.
        minima: bool = true;
        /// Circles on known saddles.
        saddles: bool = true;
        /// Minima, maxima and saddles in view, found by Newton's method, with the Hessian's eigenvalues; the left panel lists them.
        critical: bool = false;
        /// The paths of the runs.
        trails: bool = true;
        /// Tangent of the selected run, or of the first one, at the timeline's step, on a landscape of one parameter.
        tangent: bool = true;
        /// Inset with the data and the line of each run at the timeline's step, for linear regression.
        data: bool = true;
        /// State of the selected run's optimizer, or of the first run's: the next step, true to scale; the directions it is made of, at readable
        /// lengths; and the points that the update rule stores or evaluates.
        internals: bool = false;
    }
}

settings! {
    /// Camera and light of the 3-D surface.
    pub struct SurfaceStyle("Surface") {
        /// Azimuth: the angle of the camera around the vertical axis, from the x axis, as matplotlib's azim.
        azim: f64 = -60.0, in -360.0..=360.0, linear -180.0..=180.0, unit "°";
        /// Elevation: the angle of the camera above the plane, as matplotlib's elev. 90 looks straight down, as the map.
        elev: f64 = 45.0, in 0.0..=90.0, linear 0.0..=90.0, unit "°";
        /// Size of the picture; 1 fits the box into its space.
        zoom: f64 = 1.0, in 0.2..=10.0, log 0.5..=4.0;
        /// Light from the upper left: slopes toward it are lighter.
        shading: bool = true;
    }
}

impl SurfaceStyle {
    /// Returns the style as seen by the camera of another one.
    #[must_use]
    pub fn with_camera_of(&self, other: &Self) -> Self {
        Self {
            azim: other.azim,
            elev: other.elev,
            zoom: other.zoom,
            ..self.clone()
        }
    }
}
