//! Nonlinear conjugate gradients.

use super::wolfe_step::{WolfeStep, dot};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Formula of β: Polak–Ribière where it is positive (pr+), or Fletcher–Reeves (fr).
    pub enum Beta { PrPlus = "pr+", Fr = "fr" }
}

settings! {
    /// Step length: to a point that satisfies the strong Wolfe conditions, or to the minimum of the quadratic model along the
    /// direction, at the cost of one Hessian-vector product.
    pub enum Length { StrongWolfe = "strong_wolfe", Exact = "exact" }
}

settings! {
    /// Conjugate gradients: search directions that keep a part of the previous direction, so that they do not undo it.
    ///
    /// d ← −g + β d; pr+: β = max(gᵀ(g − g₋)/g₋ᵀg₋, 0), fr: β = gᵀg/g₋ᵀg₋. On a quadratic in n parameters exact steps reach
    /// the minimum after n. Algorithm 5.4 of Nocedal & Wright 2006, with c₂ = .1; Hestenes & Stiefel 1952.
    pub struct ConjugateGradient("Conjugate gradient") {
        /// Learning rate γ: first trial length of the first line search.
        lr: f64 = 0.1, in 0.0.., log 1e-4..=10.0;
        /// Formula of β: Polak–Ribière where it is positive (pr+), or Fletcher–Reeves (fr).
        beta: Beta = Beta::PrPlus;
        /// Step length: by a strong Wolfe line search, or exact for the quadratic model.
        step: Length = Length::StrongWolfe;
        /// Number of steps after which the direction restarts with −g.
        restart: Option<u64> = None, in 1.0..=1e6, log 1.0..=100.0, none "never";
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for ConjugateGradient {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            match self.beta {
                Beta::PrPlus => "{β} ← max({g}ᵀ({g} − {g₋}) / {g₋}ᵀ{g₋}, 0), at first 0",
                Beta::Fr => "{β} ← {g}ᵀ{g} / {g₋}ᵀ{g₋}, at first 0",
            },
            "{d} ← −{g} + {β} {d<}",
            match self.step {
                Length::StrongWolfe => "{a} ← a length that satisfies the strong Wolfe conditions",
                Length::Exact => "{a} ← −{g}ᵀ{d} / ({d}ᵀH {d})",
            },
            "{θ} ← {θ<} + {a} {d}",
        ]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "3 numbers per parameter",
            cost: "1 gradient, and those of the line search: usually 1 to 3, at most 26; with exact steps 1 \
                Hessian·vector and 1 value instead",
            strengths: "In narrow bowls: no step undoes the previous one, so it does not zigzag. On a quadratic in n \
                parameters it converges in n steps.",
            weaknesses: "When the curvature changes, its directions are no longer conjugate, and it zigzags until it \
                restarts with −g. It stops at kinks, and with mini-batches it follows the minimum of each batch.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        let dim = zeros.len();
        Algorithm::Joint(Box::new(State {
            rule: self.clone(),
            line: WolfeStep::new(dim, 0.1),
            direction: vec![0.0; dim],
            gradient: vec![0.0; dim],
            previous: vec![0.0; dim],
            product: vec![0.0; dim],
            beta: 0.0,
            t: 0.0,
            slope: 0.0,
            steps: 0,
        }))
    }
}

struct State {
    rule: ConjugateGradient,
    line: WolfeStep,
    direction: Vec<f64>,
    gradient: Vec<f64>,
    /// Gradient at the start of the last step.
    previous: Vec<f64>,
    product: Vec<f64>,
    beta: f64,
    /// Length of the last step, and the slope along its direction at its start.
    t: f64,
    slope: f64,
    steps: u64,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let sign = if self.rule.maximize { -1.0 } else { 1.0 };
        let (loss, found) = oracle.gradient(theta);
        for (g, found) in self.gradient.iter_mut().zip(found.iter()) {
            *g = sign * found;
        }
        let (g, before) = (&self.gradient, &self.previous);
        let square = dot(before, before);
        let restarts = self
            .rule
            .restart
            .is_some_and(|every| self.steps.is_multiple_of(every));
        self.beta = match self.rule.beta {
            _ if self.steps == 0 || restarts || square == 0.0 => 0.0,
            Beta::Fr => dot(g, g) / square,
            Beta::PrPlus => ((dot(g, g) - dot(g, before)) / square).max(0.0),
        };
        for (d, g) in self.direction.iter_mut().zip(g) {
            *d = self.beta * *d - g;
        }
        // An ascent direction is replaced by −g.
        if dot(g, &self.direction) >= 0.0 {
            self.beta = 0.0;
            for (d, g) in self.direction.iter_mut().zip(g) {
                *d = -g;
            }
        }
        let slope = dot(g, &self.direction);
        self.previous.copy_from_slice(g);
        if slope == 0.0 {
            return;
        }
        let curvature = match self.rule.step {
            Length::Exact => {
                oracle.hessian_vector(theta, &self.direction, &mut self.product);
                sign * dot(&self.direction, &self.product)
            }
            Length::StrongWolfe => 0.0,
        };
        let mut exact = false;
        if curvature > 0.0 {
            self.t = -slope / curvature;
            let trial = &mut self.product;
            for ((trial, theta), d) in trial.iter_mut().zip(theta.iter()).zip(&self.direction) {
                *trial = theta + self.t * d;
            }
            exact = oracle.value(trial).is_finite();
        }
        if exact {
            theta.copy_from_slice(&self.product);
        } else {
            // First trial length: to first order it changes the loss by as much as the last step did, section 3.5.
            let scaled = self.t * self.slope / slope;
            let first = if scaled > 0.0 && scaled.is_finite() {
                scaled
            } else {
                rates.lr
            };
            let start = (sign * loss, &mut self.gradient[..]);
            self.t = self
                .line
                .step(theta, &self.direction, start, first, oracle, sign);
        }
        self.slope = slope;
        self.steps += 1;
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::step("d", "direction", &self.direction));
        visitor(StateEntry::each("g₋", "last gradient", &self.previous));
        visitor(StateEntry::number(
            "β",
            "share of the last direction",
            &self.beta,
        ));
        visitor(StateEntry::number("a", "length", &self.t));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::path;

    #[test]
    fn exact_steps_solve_a_quadratic_of_n_parameters_in_n_steps() {
        for beta in ["pr+", "fr"] {
            let spec = format!("conjugate-gradient:beta={beta},step=exact");
            let path = path("quadratic:a=1,b=25,angle=30", &[3.0, -2.0], &spec, 2);
            assert!(
                path.loss[1] > 1e-3 && path.loss[2] < 1e-20,
                "{:?}",
                path.loss
            );
        }
    }

    #[test]
    fn strong_wolfe_search_solves_rosenbrock() {
        for beta in ["pr+", "fr"] {
            let spec = format!("conjugate-gradient:beta={beta}");
            let path = path("rosenbrock", &[-1.5, 2.0], &spec, 200);
            let lowest = path.loss.last().unwrap();
            assert!(*lowest < 1e-8, "{beta}: {lowest}");
            assert!(
                path.loss.windows(2).all(|pair| pair[1] <= pair[0]),
                "every step goes down"
            );
        }
    }
}
