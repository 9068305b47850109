//! The 2-D landscapes: test functions, the user's formula, and a regression on the user's data.

mod ackley;
mod beale;
mod booth;
mod edge_of_stability;
mod formula;
mod himmelblau;
mod monkey_saddle;
mod quadratic;
mod rastrigin;
mod regression;
mod rosenbrock;
mod saddle;
mod styblinski_tang;
mod three_hump_camel;

use super::declare::{Settings, family};
use super::expression::ExpressionError;
use super::objective::Objective;
use super::plane::Rect;
use std::sync::Arc;

family! {
    /// Any landscape.
    pub enum AnyLandscape: Landscape = "landscape" {
        quadratic::Quadratic,
        booth::Booth,
        rosenbrock::Rosenbrock,
        beale::Beale,
        himmelblau::Himmelblau,
        three_hump_camel::ThreeHumpCamel,
        styblinski_tang::StyblinskiTang,
        ackley::Ackley,
        rastrigin::Rastrigin,
        saddle::Saddle,
        monkey_saddle::MonkeySaddle,
        edge_of_stability::EdgeOfStability,
        formula::UserFormula,
        regression::Regression,
    }
}

/// A marked point of a landscape and the value there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Where.
    pub at: [f64; 2],
    /// f there.
    pub value: f64,
}

impl Mark {
    /// A marked point.
    pub const fn new(at: [f64; 2], value: f64) -> Self {
        Self { at, value }
    }
}

/// What users look for together. The chooser and the gallery show landscapes by group, in this order.
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
    /// Made to show one thing.
    Teaching,
    /// What the user brings.
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

    /// Its heading.
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

/// Where contour levels are close together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Evenly.
    Linear,
    /// Close together near the minimum.
    Log,
}

/// Files that a landscape reads. The engine opens none; whoever calls it brings them.
pub trait Files: Send + Sync {
    /// Two columns of numbers of the CSV file at `path`: those called `names`, or else the first two that hold numbers.
    /// The error is one sentence.
    fn columns(&self, path: &str, names: [Option<&str>; 2]) -> Result<[Vec<f64>; 2], String>;
}

/// No files: everything built in works.
pub struct NoFiles;

impl Files for NoFiles {
    fn columns(&self, path: &str, _names: [Option<&str>; 2]) -> Result<[Vec<f64>; 2], String> {
        Err(format!(
            "{path}: files cannot be read here; expected a landscape that needs none"
        ))
    }
}

/// Why a landscape cannot be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LandscapeError {
    /// The formula does not parse.
    #[error(transparent)]
    Formula(#[from] ExpressionError),
    /// The formula has no value to draw.
    #[error(
        "formula: `{formula}` is not finite anywhere in x {x:?}, y {y:?}; expected one that is"
    )]
    NowhereFinite {
        /// The formula.
        formula: String,
        /// Range of x.
        x: [f64; 2],
        /// Range of y.
        y: [f64; 2],
    },
    /// The data cannot be read.
    #[error("{0}")]
    Data(String),
}

/// A landscape's settings, and what is known of it.
pub trait Landscape: Settings {
    /// Where users look for it.
    fn group(&self) -> Group;

    /// Its formula, for people.
    fn formula(&self) -> String;

    /// Where its starts may lie; `None` is the whole plane.
    fn domain(&self) -> Option<Rect>;

    /// What the map shows at first.
    fn view(&self) -> Rect {
        self.domain().unwrap_or(Rect::square(5.0))
    }

    /// A good place to start from.
    fn start(&self) -> [f64; 2];

    /// The global minima, where they are known.
    fn minima(&self) -> Vec<Mark>;

    /// The saddle points, where they are known.
    fn saddles(&self) -> Vec<Mark> {
        Vec::new()
    }

    /// How its contour levels are best spaced.
    fn spacing(&self) -> Spacing;

    /// What the two parameters are called.
    fn axes(&self) -> [&'static str; 2] {
        ["x", "y"]
    }

    /// The function itself, ready to be computed with.
    fn ground(&self, files: &dyn Files) -> Result<Ground, LandscapeError>;
}

/// A landscape at work: its objective, and what is known of it once its formula is parsed or its data read.
#[derive(Clone)]
pub struct Ground {
    /// The function.
    pub objective: Arc<dyn Objective>,
    /// What the map shows at first.
    pub view: Rect,
    /// The global minima, where they are known.
    pub minima: Vec<Mark>,
    /// The saddle points, where they are known.
    pub saddles: Vec<Mark>,
}

impl Ground {
    fn new(landscape: &impl Landscape, objective: impl Objective + 'static) -> Self {
        let (minima, saddles) = (landscape.minima(), landscape.saddles());
        Self {
            objective: Arc::new(objective),
            view: landscape.view(),
            minima,
            saddles,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::objective::norm;
    use crate::engine::rng::{Purpose, stream};
    use rand::RngExt;

    /// Every landscape as it comes, and some with other settings.
    fn all() -> Vec<AnyLandscape> {
        let others = [
            "quadratic:a=2,b=30,angle=30",
            "rosenbrock:a=2,b=50",
            "saddle:c=0.5",
            "formula:f=\"sin(3*x)*exp(-y^2/4) + abs(x-y)^1.5 + max(x, y/2)\"",
        ];
        AnyLandscape::all()
            .into_iter()
            .chain(others.map(|spec| spec.parse().unwrap()))
            .collect()
    }

    #[test]
    fn jets_match_central_differences() {
        for any in all() {
            let landscape = any.as_dyn();
            let objective = landscape.ground(&NoFiles).unwrap().objective;
            let mut random = stream(1, Purpose::Data, 0);
            for _ in 0..20 {
                let at = landscape.view().at([random.random(), random.random()]);
                let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 4]);
                let value = objective.gradient(&at, &mut gradient);
                objective.hessian(&at, &mut hessian);
                assert_eq!(
                    value.to_bits(),
                    objective.value(&at).to_bits(),
                    "{any}: value at {at:?}"
                );
                for axis in 0..2 {
                    let h = 1e-6 * landscape.view().width();
                    let mut sides = [at, at];
                    sides[0][axis] -= h;
                    sides[1][axis] += h;
                    let gap = sides[1][axis] - sides[0][axis];
                    let slope = (objective.value(&sides[1]) - objective.value(&sides[0])) / gap;
                    let scale = 1.0 + value.abs() + norm(&gradient) + norm(&hessian);
                    assert!(
                        (slope - gradient[axis]).abs() < 1e-4 * scale,
                        "{any}: gradient at {at:?}"
                    );
                    let [mut low, mut high] = [[0.0; 2]; 2];
                    objective.gradient(&sides[0], &mut low);
                    objective.gradient(&sides[1], &mut high);
                    for other in 0..2 {
                        let bend = (high[other] - low[other]) / gap;
                        assert!(
                            (bend - hessian[2 * axis + other]).abs() < 1e-4 * scale,
                            "{any}: Hessian at {at:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn declared_minima_and_saddles_are_what_they_say() {
        for any in all() {
            let landscape = any.as_dyn();
            let objective = landscape.ground(&NoFiles).unwrap().objective;
            let tests = landscape.minima().into_iter().map(|mark| (mark, true));
            for (mark, minimum) in
                tests.chain(landscape.saddles().into_iter().map(|mark| (mark, false)))
            {
                let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 4]);
                let value = objective.gradient(&mark.at, &mut gradient);
                objective.hessian(&mark.at, &mut hessian);
                assert!(
                    (value - mark.value).abs() < 1e-8 * (1.0 + mark.value.abs()),
                    "{any}: {mark:?} has {value}"
                );
                assert!(
                    norm(&gradient) < 1e-6 * (1.0 + norm(&hessian)),
                    "{any}: {mark:?} has gradient {gradient:?}"
                );
                let determinant = hessian[0] * hessian[3] - hessian[1] * hessian[2];
                let sound = if minimum {
                    determinant >= -1e-9 && hessian[0] >= 0.0
                } else {
                    determinant <= 0.0
                };
                assert!(sound, "{any}: {mark:?} has Hessian {hessian:?}");
            }
        }
    }

    #[test]
    fn starts_lie_in_the_domain_and_in_the_view() {
        for any in all() {
            let landscape = any.as_dyn();
            assert!(landscape.view().contains(landscape.start()), "{any}");
            assert!(
                landscape
                    .domain()
                    .is_none_or(|domain| domain.contains(landscape.start())),
                "{any}"
            );
        }
    }

    #[test]
    fn known_values_and_eigenvalues_are_met() {
        let at = |spec: &str, at: [f64; 2]| {
            let objective = spec
                .parse::<AnyLandscape>()
                .unwrap()
                .as_dyn()
                .ground(&NoFiles)
                .unwrap()
                .objective;
            let (mut gradient, mut h) = ([0.0; 2], [0.0; 4]);
            let value = objective.gradient(&at, &mut gradient);
            objective.hessian(&at, &mut h);
            (
                value,
                gradient,
                crate::engine::curvature::eigenvalues([h[0], h[1], h[3]]),
            )
        };
        let (value, gradient, _) = at("rosenbrock", [-1.2, 1.0]);
        assert!(
            (value - 24.2).abs() < 1e-12
                && (gradient[0] + 215.6).abs() < 1e-10
                && (gradient[1] + 88.0).abs() < 1e-10
        );
        for (spec, point, low, high) in [
            ("rosenbrock", [1.0, 1.0], 0.399_360_77, 1001.6006),
            ("beale", [3.0, 0.5], 0.301_46, 48.979_79),
            ("booth", [1.0, 3.0], 2.0, 18.0),
            ("himmelblau", [3.0, 2.0], 25.715_729, 82.284_271),
            ("rastrigin", [0.0, 0.0], 396.784_18, 396.784_18),
        ] {
            let (_, _, [min, max]) = at(spec, point);
            assert!(
                (min - low).abs() < 2e-5 * low && (max - high).abs() < 2e-5 * high,
                "{spec}: {min}, {max}"
            );
        }
    }
}
