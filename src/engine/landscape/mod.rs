//! Landscapes of one or two parameters: test functions, the user's formula, and a regression on the user's data.

mod absolute;
mod ackley;
mod adjiman;
mod alpine_1;
mod beale;
mod bird;
mod bohachevsky_1;
mod bohachevsky_2;
mod booth;
mod branin;
mod bukin_6;
mod cosine_1d;
mod cross_in_tray;
mod de_jong_5;
mod deckkers_aarts;
mod dixon_price;
mod drawn;
mod drop_wave;
mod easom;
mod edge_of_stability;
mod egg_crate;
mod eggholder;
mod formula;
mod formula_1d;
mod goldstein_price;
mod gramacy_lee;
mod grid;
mod griewank;
mod heavy_ball_trap;
mod himmelblau;
mod holder_table;
mod image;
mod keane;
mod langermann;
mod leon;
mod levy;
mod levy_13;
mod matyas;
mod mccormick;
mod michalewicz;
mod monkey_saddle;
mod parabola;
mod plateau;
mod quadratic;
mod rastrigin;
mod regression;
mod rosenbrock;
mod saddle;
mod salomon;
mod schaffer_2;
mod schaffer_4;
mod schwefel;
mod shubert;
mod six_hump_camel;
mod spline;
mod styblinski_tang;
mod three_hump_camel;
mod trid;
mod two_wells;
mod zakharov;

pub use drawn::{Drawn, Hill, HillError};

use crate::engine::declare::{Settings, family};
use crate::engine::expression::ExpressionError;
use crate::engine::files::Files;
use crate::engine::objective::plane::Rect;
use crate::engine::objective::{Objective, Objective1d, UnivariateFormula, first_view};
use std::sync::Arc;

family! {
    /// Any landscape.
    pub enum AnyLandscape: Landscape = "landscape" {
        quadratic::Quadratic,
        booth::Booth,
        matyas::Matyas,
        zakharov::Zakharov,
        trid::Trid,
        rosenbrock::Rosenbrock,
        leon::Leon,
        beale::Beale,
        dixon_price::DixonPrice,
        goldstein_price::GoldsteinPrice,
        deckkers_aarts::DeckkersAarts,
        mccormick::Mccormick,
        adjiman::Adjiman,
        gramacy_lee::GramacyLee,
        easom::Easom,
        himmelblau::Himmelblau,
        three_hump_camel::ThreeHumpCamel,
        six_hump_camel::SixHumpCamel,
        branin::Branin,
        styblinski_tang::StyblinskiTang,
        ackley::Ackley,
        rastrigin::Rastrigin,
        griewank::Griewank,
        levy::Levy,
        levy_13::Levy13,
        schwefel::Schwefel,
        eggholder::Eggholder,
        shubert::Shubert,
        langermann::Langermann,
        drop_wave::DropWave,
        schaffer_2::Schaffer2,
        schaffer_4::Schaffer4,
        bohachevsky_1::Bohachevsky1,
        bohachevsky_2::Bohachevsky2,
        egg_crate::EggCrate,
        bird::Bird,
        keane::Keane,
        alpine_1::Alpine1,
        salomon::Salomon,
        michalewicz::Michalewicz,
        de_jong_5::DeJong5,
        bukin_6::Bukin6,
        holder_table::HolderTable,
        cross_in_tray::CrossInTray,
        saddle::Saddle,
        monkey_saddle::MonkeySaddle,
        two_wells::TwoWells,
        edge_of_stability::EdgeOfStability,
        plateau::Plateau,
        parabola::Parabola,
        cosine_1d::Cosine1d,
        absolute::Absolute,
        heavy_ball_trap::HeavyBallTrap,
        formula::UserFormula,
        formula_1d::Formula1d,
        drawn::Drawn,
        grid::Grid,
        image::Image,
        regression::Regression,
    }
}

/// A minimum or saddle of a landscape and the value there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The point (x, y).
    pub at: [f64; 2],
    /// f at the point.
    pub value: f64,
}

impl Mark {
    /// Returns a point and its value.
    pub const fn new(at: [f64; 2], value: f64) -> Self {
        Self { at, value }
    }
}

/// The group of a landscape. The chooser and the gallery show landscapes by group, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// One smooth minimum.
    Bowls,
    /// Long curved floors between steep walls.
    Valleys,
    /// Nearly flat ground.
    Plates,
    /// Many local minima.
    ManyMinima,
    /// Drops, ridges and kinks.
    SteepRidges,
    /// Points that are a minimum one way and a maximum another.
    Saddles,
    /// Functions made to demonstrate one effect.
    Teaching,
    /// Landscapes from the user's formula, drawing, file or data.
    Yours,
}

impl Group {
    /// All groups in order.
    pub const ALL: [Self; 8] = [
        Self::Bowls,
        Self::Valleys,
        Self::Plates,
        Self::ManyMinima,
        Self::SteepRidges,
        Self::Saddles,
        Self::Teaching,
        Self::Yours,
    ];

    /// Returns the heading of the group.
    pub fn title(self) -> &'static str {
        match self {
            Self::Bowls => "Bowls",
            Self::Valleys => "Valleys",
            Self::Plates => "Plates",
            Self::ManyMinima => "Many local minima",
            Self::SteepRidges => "Steep ridges",
            Self::Saddles => "Saddles",
            Self::Teaching => "Teaching",
            Self::Yours => "Your own",
        }
    }
}

/// The spacing of contour levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Equal differences.
    Linear,
    /// Close together near the minimum.
    Log,
}

/// An error of a landscape's settings, formula or data.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LandscapeError {
    /// The formula does not parse.
    #[error(transparent)]
    Formula(#[from] ExpressionError),
    /// The hills do not parse.
    #[error(transparent)]
    Hills(#[from] HillError),
    /// The formula has no finite value in the view.
    #[error("formula: `{formula}` is not finite anywhere in {view}; choose another formula")]
    NowhereFinite {
        /// The formula.
        formula: String,
        /// The view: the variables with their ranges.
        view: String,
    },
    /// The data cannot be read.
    #[error("{0}")]
    Data(String),
}

/// A landscape: settings, formula, domain, view, start and known minima.
pub trait Landscape: Settings {
    /// Returns the group in the chooser and the gallery.
    fn group(&self) -> Group;

    /// Returns the formula as readable text.
    fn formula(&self) -> String;

    /// Returns the number of parameters, 1 or 2. With one parameter, points are (x, 0) in this trait, and of rectangles only x is used.
    fn dim(&self) -> usize {
        2
    }

    /// Returns the domain of starts; `None` is the whole plane.
    fn domain(&self) -> Option<Rect>;

    /// Returns the first view of the map. With one parameter, [`LoadedLandscape::view`] adds the range of f.
    fn view(&self) -> Rect {
        self.domain().unwrap_or(Rect::square(5.0))
    }

    /// Returns the default start.
    fn start(&self) -> [f64; 2];

    /// The global minima, where they are known.
    fn minima(&self) -> Vec<Mark>;

    /// The saddle points, where they are known.
    fn saddles(&self) -> Vec<Mark> {
        Vec::new()
    }

    /// Returns bounds μ and L of the Hessian's eigenvalues at all points that are not higher than `start`, where the landscape is convex
    /// and they are known from its formula; `None` elsewhere, and for quadratics, whose eigenvalues are computed.
    fn curvature_bounds(&self, _start: [f64; 2]) -> Option<[f64; 2]> {
        None
    }

    /// Returns the spacing of contour levels that suits the landscape.
    fn spacing(&self) -> Spacing;

    /// Returns the names of the map's axes: both parameters, or the only one and f.
    fn axes(&self) -> [&'static str; 2] {
        if self.dim() == 1 {
            ["x", "f(x)"]
        } else {
            ["x", "y"]
        }
    }

    /// Returns the names of the parameters.
    fn parameters(&self) -> Vec<&'static str> {
        self.axes().into_iter().take(self.dim()).collect()
    }

    /// Returns the specs of the runs that the landscape opens with.
    fn opening_runs(&self) -> Vec<String> {
        race(["0.001", "0.001", "0.5", "0.01", "0.05"])
    }

    /// Loads the objective: parses the formula or reads the data.
    fn load(&self, files: &dyn Files) -> Result<LoadedLandscape, LandscapeError>;
}

/// Returns the specs of gradient descent without and with momentum, AdaGrad, RMSprop and Adam with learning rates, and of L-BFGS.
fn race(lrs: [&str; 5]) -> Vec<String> {
    let mut specs = race_without_lbfgs(lrs);
    specs.push("lbfgs:max_iter=1,max_eval=25,line_search=strong_wolfe".to_owned());
    specs
}

/// Returns the specs of [`race`] without L-BFGS, for landscapes on which it goes far away.
fn race_without_lbfgs([sgd, momentum, adagrad, rmsprop, adam]: [&str; 5]) -> Vec<String> {
    vec![
        format!("sgd:lr={sgd}"),
        format!("sgd:lr={momentum},momentum=0.9"),
        format!("adagrad:lr={adagrad}"),
        format!("rmsprop:lr={rmsprop}"),
        format!("adam:lr={adam}"),
    ]
}

/// A loaded landscape: the objective with its view and known minima and saddles.
#[derive(Clone)]
pub struct LoadedLandscape {
    /// The function.
    pub objective: Arc<dyn Objective>,
    /// The first view of the map: x and y, or x and f with one parameter.
    pub view: Rect,
    /// The global minima, where they are known.
    pub minima: Vec<Mark>,
    /// The saddle points, where they are known.
    pub saddles: Vec<Mark>,
    /// Summary of what was taken of a file; empty without one.
    pub source: String,
}

impl LoadedLandscape {
    fn new(landscape: &impl Landscape, objective: impl Objective + 'static) -> Self {
        let (minima, saddles) = (landscape.minima(), landscape.saddles());
        Self {
            objective: Arc::new(objective),
            view: landscape.view(),
            minima,
            saddles,
            source: String::new(),
        }
    }

    /// Returns a loaded landscape of one parameter.
    fn one_dimensional(
        landscape: &impl Landscape,
        curve: impl UnivariateFormula + 'static,
    ) -> Self {
        let objective = Objective1d(curve);
        let minima = landscape.minima();
        let mut places: Vec<f64> = minima.iter().map(|mark| mark.at[0]).collect();
        places.push(landscape.start()[0]);
        Self {
            view: first_view(&objective, landscape.view().x(), &places),
            objective: Arc::new(objective),
            minima,
            saddles: Vec::new(),
            source: String::new(),
        }
    }

    /// Returns the position of a point on the map: (x, y), or (x, f) with one parameter.
    pub fn plot_point(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        if self.objective.dim() == 1 {
            [x, self.objective.value(&[x])]
        } else {
            [x, y]
        }
    }
}

#[cfg(test)]
mod tests;
