//! The figures and films of a scene: content, size, words and colours.

use crate::engine::declare::{Length, settings};

settings! {
    /// Usual sizes of figures.
    pub enum FigurePreset { SingleColumn = "single-column", DoubleColumn = "double-column", Slide = "slide", Poster = "poster" }
}

settings! {
    /// Places of a legend: in the emptiest corner of the first chart or map, right of the panels, below them in columns, or nowhere, where
    /// charts name their lines. Pictures of other views have it at one place, or nowhere.
    pub enum LegendPlace { Inside = "inside", Right = "right", Below = "below", Off = "off" }
}

settings! {
    /// Themes of figures.
    pub enum FigureTheme { Light = "light", Dark = "dark" }
}

settings! {
    /// Scales of a map's two axes: equal, or free, which fills the figure with the view.
    pub enum Aspect { Equal = "equal", Free = "free" }
}

settings! {
    /// Figures and films of the scene, as `ravine render` and the window's export draw them.
    pub struct FigureStyle("Figure") {
        /// Content: a kind of picture, or panels joined by +, like map+loss; `ravine help render` lists all. auto is the map, and in the
        /// window the shown view.
        show: Option<String> = None, none "auto";
        /// Usual size, which width, height, font_size and dpi override: single-column (3.25 × 2.5 in, 8 pt) and double-column
        /// (6.75 × 3.5 in, 8 pt) for papers, without title and caption, and higher where the parts of a figure need it; slide (1920 × 1080 pixels); poster (16 × 12 in, 24 pt).
        preset: Option<FigurePreset> = None, none "none";
        /// Width; auto is the preset's, or 4/3 of the height, or 1600 pixels, for films 800.
        width: Option<Length> = None, none "auto";
        /// Height; auto is the preset's, or 3/4 of the width, or 1200 pixels, for films 600.
        height: Option<Length> = None, none "auto";
        /// Font size of axes and legends; lines, marks and margins have the same scale. auto is the preset's, 8 with a length on paper, or else
        /// 8.25 in a picture about 10 inches wide.
        font_size: Option<f64> = None, in 3.0..=100.0, log 5.0..=36.0, none "auto", unit "pt";
        /// Pixels per inch of a PNG and of the images in a PDF; auto is the preset's, or 300 with a length on paper.
        dpi: Option<f64> = None, in 20.0..=2400.0, log 50.0..=1200.0, none "auto";
        /// Title; an empty one leaves it out. auto is the scene's, and none with a preset for papers.
        title: Option<String> = None, none "auto";
        /// Letter of the first panel, like a or (a); further panels get the next ones.
        label: Option<String> = None, none "none";
        /// Place of the legend: right, inside the first chart or map, below, or off. auto is right; in a narrow picture inside a chart, below
        /// several panels, and off for a map alone that names all of its runs.
        legend: Option<LegendPlace> = None, none "auto";
        /// Line below the figure with the settings; auto is true, and false with a preset for papers.
        caption: Option<bool> = None, none "auto";
        /// No background, for slides and pages of any colour.
        transparent: bool = false;
        /// Light or dark; auto is light, and in the window that of the window, but light with a preset for papers.
        theme: Option<FigureTheme> = None, none "auto";
        /// Scales of the map's axes: equal, or free, which fills the figure with the view.
        aspect: Aspect = Aspect::Equal;
        /// Name of the x axis; auto is the scene's, or step.
        xlabel: Option<String> = None, none "auto";
        /// Name of the y axis; of a chart its title. auto is the scene's, or the metric.
        ylabel: Option<String> = None, none "auto";
        /// Number of steps of the runs to show in a picture of `ravine render`; the window shows the timeline's step.
        step: Option<u64> = None, in 0.0..=1e6, log 1.0..=10000.0, none "all";
        /// Frames of a film per second.
        fps: u64 = 25, in 1.0..=50.0, linear 1.0..=50.0;
        /// Seconds of a film from its first step to its last.
        seconds: f64 = 8.0, in 0.0..=3600.0, linear 0.0..=30.0, unit "s";
        /// Seconds for which a film shows its last frame.
        hold: f64 = 2.0, in 0.0..=3600.0, linear 0.0..=10.0, unit "s";
        /// Turn of the surface's camera during a film.
        turn: f64 = 0.0, in -3600.0..=3600.0, linear -360.0..=360.0, unit "°";
        /// First step of a film.
        first_step: u64 = 0, in 0.0..=1e6, log 1.0..=10000.0;
        /// Last step of a film.
        last_step: Option<u64> = None, in 0.0..=1e6, log 1.0..=10000.0, none "last";
        /// Steps from one frame of a film to the next, instead of the number of seconds; auto is what seconds and fps give.
        every: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0, none "auto";
    }
}
