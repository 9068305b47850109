//! Networks in training: their runs go on threads of their own, and a plane is laid through what there is of them.

mod gate;
mod sketch;
mod trainer;

pub(super) use gate::Gate;
pub use trainer::Row;

use super::{RunResult, Runs};
use crate::engine::cancel::Cancel;
use crate::engine::landscape::Ground;
use crate::engine::network::Trainee;
use crate::engine::network::plane::{AnyPlane, Cut, Shadow};
use crate::engine::run::Conditions;
use crate::engine::scene::Scene;
use sketch::Sketch;
use std::sync::{Arc, Mutex};
use trainer::{Log, Trainer};

/// What there is of a network's runs, and the plane on which they are looked at.
#[derive(Clone)]
pub struct Trained {
    /// The network.
    pub trainee: Arc<Trainee>,
    /// The plane, and what is known of its directions.
    pub cut: Arc<Cut>,
    /// What each run has beside its trajectory, which is that of its shadows: (a, b), with the true loss.
    pub runs: Vec<Arc<TrainedRun>>,
    /// Whether no run has steps to come.
    pub complete: bool,
}

/// What a network's run has beside the trajectory of its shadows.
#[derive(Clone)]
pub struct TrainedRun {
    /// Where the plane shows each row, the loss there, and how far off it the row is.
    pub shadows: Vec<Shadow>,
    /// The rows.
    pub rows: Vec<Row>,
    /// How far each row is from the first weights.
    pub distances: Vec<f64>,
    log: Arc<Mutex<Log>>,
}

impl TrainedRun {
    /// Whether `other` is what there is of the same run, earlier or later: the rows that both have are equal.
    pub fn is_same_run(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.log, &other.log)
    }

    /// θ of a row, or of the last there is; `None` if there is none.
    pub fn theta(&self, row: usize) -> Option<Vec<f64>> {
        let log = super::lock(&self.log);
        let dim = log.theta.len().checked_div(log.rows.len())?;
        let row = row.min(self.rows.len().checked_sub(1)?);
        log.theta
            .get(row * dim..(row + 1) * dim)
            .map(<[f64]>::to_vec)
    }
}

/// The runs of a network that are under way, which go on from scene to scene where nothing of theirs changes.
pub(super) struct Training {
    gate: Arc<Gate>,
    trainers: Vec<Trainer>,
    sketch: Option<(AnyPlane, Sketch)>,
}

impl Training {
    pub(super) fn new(gate: Arc<Gate>) -> Self {
        Self {
            gate,
            trainers: Vec::new(),
            sketch: None,
        }
    }

    /// Ends all runs.
    pub(super) fn dismiss(&mut self) {
        self.trainers.clear();
        self.sketch = None;
    }

    /// Trains the runs of a scene on a network and publishes what there is of them, again and again, until they are done.
    pub(super) fn follow(
        &mut self,
        scene: &Scene,
        ground: &Arc<Ground>,
        cancel: &Cancel,
        publish: &dyn Fn(Result<Runs, String>),
    ) {
        let told = self.try_to_follow(scene, ground, cancel, publish);
        if let Err(sentence) = told {
            publish(Err(sentence));
        }
    }

    fn try_to_follow(
        &mut self,
        scene: &Scene,
        ground: &Arc<Ground>,
        cancel: &Cancel,
        publish: &dyn Fn(Result<Runs, String>),
    ) -> Result<(), String> {
        let (Some(bench), Some(trainee)) = (&scene.network, &ground.trainee) else {
            return Ok(());
        };
        self.enrol(scene, trainee)?;
        let mut seen = self.gate.news();
        loop {
            // Whoever rests now has told all of its rows; asked before they are counted.
            let complete = self.trainers.iter().all(Trainer::rests);
            if let Some(sentence) = self.trainers.iter().find_map(Trainer::broken) {
                return Err(sentence);
            }
            let drawn = self.draw(&bench.plane, trainee, complete, cancel);
            let drawn = drawn.transpose()?;
            if let (Some(()), Some((_, sketch))) = (drawn, &self.sketch) {
                publish(Ok(sketch.runs(scene, &self.trainers, complete)));
            }
            if complete || !self.gate.wait_for_news(&mut seen, cancel) {
                return Ok(());
            }
        }
    }

    /// Has a trainer for each run of the scene, in its order: those that there are go on.
    fn enrol(&mut self, scene: &Scene, trainee: &Arc<Trainee>) -> Result<(), String> {
        let conditions = scene.conditions();
        let every = conditions.every;
        let steps = conditions.steps.div_ceil(every) * every;
        let conditions = Conditions {
            steps,
            ..conditions
        };
        let mut earlier = std::mem::take(&mut self.trainers);
        for run in &scene.runs {
            let same = |trainer: &Trainer| trainer.serves(trainee, run, conditions);
            let trainer = match earlier.iter().position(same) {
                Some(index) => earlier.swap_remove(index),
                None => Trainer::spawn(trainee, run, conditions, &self.gate)?,
            };
            self.trainers.push(trainer);
        }
        Ok(())
    }

    /// Brings the sketch up to date. `None` if there is nothing to draw yet, or if the work was cancelled.
    fn draw(
        &mut self,
        plane: &AnyPlane,
        trainee: &Arc<Trainee>,
        complete: bool,
        cancel: &Cancel,
    ) -> Option<Result<(), String>> {
        let counts: Vec<usize> = self.trainers.iter().map(Trainer::len).collect();
        let earlier = self.sketch.take();
        let fitting = |(of, sketch): &(AnyPlane, Sketch)| {
            of == plane && sketch.holds(trainee, &self.trainers, &counts, complete)
        };
        let sketch = match earlier.filter(fitting) {
            Some((_, sketch)) => sketch,
            // A plane goes through steps, of which there should be some.
            None if !complete && counts.iter().all(|count| *count < 3) => return None,
            None => match Sketch::of(plane, trainee, &self.trainers, &counts, cancel) {
                Ok(sketch) => sketch,
                Err(_) if cancel.is_cancelled() => return None,
                Err(_) if !complete => return None,
                Err(sentence) => return Some(Err(sentence)),
            },
        };
        let (_, sketch) = self.sketch.insert((plane.clone(), sketch));
        sketch.extend(&self.trainers, &counts, cancel)?;
        Some(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::lab::{Lab, all_runs};
    use crate::engine::landscape::NoFiles;
    use crate::engine::objective::Objective;
    use crate::engine::plane::Rect;
    use crate::engine::run::{self, Outcome};
    use crate::engine::scene::{Bench, Leg};
    use std::time::Duration;

    const PATIENCE: Duration = Duration::from_mins(1);

    fn scene(runs: &[&str]) -> Scene {
        let mut scene = Scene::opening();
        scene.runs.clear();
        scene.choose_network(Bench {
            model: "mlp:hidden=4,loss=bce".parse().unwrap(),
            data: "moons:samples=24".parse().unwrap(),
            ..Bench::default()
        });
        for run in runs {
            scene.add_run(run.parse().unwrap());
        }
        scene.training.steps = 60;
        scene
    }

    fn made(scene: &Scene) -> Runs {
        let ground = Arc::new(scene.ground(&NoFiles).unwrap());
        all_runs(scene, &ground, None).unwrap()
    }

    fn newest(lab: &Lab, scene: &Scene) -> Runs {
        lab.update(scene, Rect::square(1.0));
        lab.wait_for_runs(PATIENCE);
        let runs = lab.runs().unwrap();
        (*runs).clone().unwrap()
    }

    fn losses(runs: &Runs) -> Vec<Vec<f64>> {
        let results = runs.results.iter();
        results
            .map(|result| result.trajectory.loss.clone())
            .collect()
    }

    #[test]
    fn runs_of_a_network_are_those_of_any_other_objective_and_their_shadows_are_on_the_plane() {
        let scene = scene(&["sgd:lr=0.5,momentum=0.9", "adam:lr=0.1@cosine"]);
        let runs = made(&scene);
        let trained = runs.trained.as_ref().unwrap();
        let trainee = &trained.trainee;
        assert!(trained.complete && runs.every == 5 && trained.cut.explained.is_some());
        for ((own, result), shown) in scene.runs.iter().zip(&runs.results).zip(&trained.runs) {
            let (conditions, never) = (scene.conditions(), Cancel::default());
            let objective = &*trainee.loss;
            let alone = run::run(objective, &trainee.start, &own.spec, &conditions, &never);
            let alone = alone.unwrap();
            assert_eq!(result.trajectory.loss, alone.loss);
            assert_eq!(result.trajectory.len(), 13);
            for row in 0..13 {
                let theta = shown.theta(row).unwrap();
                assert_eq!(Some(&*theta), alone.theta(row));
                let (at, residual) = trained.cut.plane.project(&theta);
                assert_eq!(result.trajectory.place(row), Some(at));
                assert_eq!(shown.shadows[row].residual, residual);
                let height = runs.ground.objective.value(&at);
                assert!((shown.shadows[row].loss - height).abs() <= 1e-12 * height);
            }
        }
        for shown in &trained.runs {
            let said = |row: usize| &shown.rows[row].diagnosis;
            assert_eq!(
                (said(0).layers.len(), said(0).whole.update_ratio),
                (2, None)
            );
            let whole = &said(3).whole;
            assert!((whole.grad_norm - shown.rows[3].grad_norm).abs() < 1e-12);
            assert!(
                whole
                    .update_ratio
                    .is_some_and(|ratio| ratio > 0.0 && ratio < 0.5)
            );
        }
        // The plane has its origin where the first run ends.
        assert_eq!(runs.results[0].trajectory.place(12), Some([0.0, 0.0]));
    }

    #[test]
    fn a_lab_streams_the_same_and_goes_on_where_it_can() {
        let mut scene = scene(&["sgd:lr=0.5", "adam:lr=0.1"]);
        let lab = Lab::new(Arc::new(NoFiles), || {}).unwrap();
        let first = newest(&lab, &scene);
        assert_eq!(losses(&first), losses(&made(&scene)));
        lab.wait_for_terrain(PATIENCE);
        scene.training.steps = 100;
        let longer = newest(&lab, &scene);
        assert_eq!(losses(&longer), losses(&made(&scene)));
        assert_eq!(longer.results[0].trajectory.len(), 21);
        scene.training.steps = 30;
        let shorter = newest(&lab, &scene);
        assert_eq!(losses(&shorter), losses(&made(&scene)));
        assert_eq!(shorter.results[0].trajectory.place(6), Some([0.0, 0.0]));
        // A plane is another look at the same runs.
        scene.network.as_mut().unwrap().plane = "filter".parse().unwrap();
        let other = newest(&lab, &scene);
        assert_eq!(losses(&other), losses(&shorter));
        assert_ne!(other.ground.view, shorter.ground.view);
        lab.update(&Scene::opening(), Rect::square(2.0));
        lab.wait_for_runs(PATIENCE);
        assert!(
            lab.runs()
                .is_some_and(|runs| (*runs).as_ref().is_ok_and(|runs| runs.trained.is_none()))
        );
    }

    #[test]
    fn held_runs_wait_and_go_on() {
        let scene = scene(&["sgd:lr=0.5"]);
        let lab = Lab::new(Arc::new(NoFiles), || {}).unwrap();
        lab.pause(true);
        lab.update(&scene, Rect::square(1.0));
        lab.wait_for_runs(Duration::from_millis(300));
        assert!(lab.busy()[0] && lab.is_paused());
        lab.pause(false);
        assert_eq!(losses(&newest(&lab, &scene)), losses(&made(&scene)));
    }

    #[test]
    fn a_leg_keeps_the_weights() {
        let mut scene = scene(&["sgd:lr=0.5", "adam:lr=0.1"]);
        let whole = made(&scene);
        scene.runs[0].legs.push(Leg {
            from: 20,
            spec: "sgd:lr=0.01".parse().unwrap(),
        });
        let split = made(&scene);
        let [before, after] = [&whole, &split].map(|runs| &runs.results[0].trajectory);
        assert_eq!(before.loss[..5], after.loss[..5]);
        assert_eq!(
            (after.len(), after.lr[3], after.lr[4], after.lr[12]),
            (13, 0.5, 0.01, 0.01)
        );
        assert_ne!(before.loss[5..], after.loss[5..]);
        assert_eq!(after.evaluations, before.evaluations);
        let theta = |row| split.trained.as_ref().unwrap().runs[0].theta(row).unwrap();
        let mut gradient = vec![0.0; theta(4).len()];
        let loss = &split.trained.as_ref().unwrap().trainee.loss;
        let mut place = theta(4);
        for _ in 0..5 {
            loss.gradient(&place, &mut gradient);
            place
                .iter_mut()
                .zip(&gradient)
                .for_each(|(x, g)| *x -= 0.01 * g);
        }
        assert!(
            place
                .iter()
                .zip(theta(5))
                .all(|(own, found)| (own - found).abs() < 1e-14)
        );
        assert_eq!(Scene::from_toml(&scene.to_toml()), Ok(scene.clone()));
        scene.runs[0].legs[0].from = 21;
        let refused = scene.ground(&NoFiles).err().unwrap().to_string();
        assert!(
            refused.starts_with("a leg of a run cannot begin at step 21; expected a multiple of 5")
        );
    }

    #[test]
    fn what_cannot_be_trained_is_told() {
        let mut diverging = scene(&["sgd:lr=1e30"]);
        let runs = made(&diverging);
        let end = &runs.results[0].trajectory;
        assert!(matches!(end.outcome, Outcome::Diverged(step) if step > 0 && step <= 60));
        // The plane is the others'.
        let both = scene(&["sgd:lr=1e30", "adam:lr=0.1"]);
        let [alone, both] = [made(&scene(&["adam:lr=0.1"])), made(&both)];
        assert_eq!(both.ground.view, alone.ground.view);
        assert_eq!(
            both.results[1].trajectory.theta,
            alone.results[0].trajectory.theta
        );
        diverging.runs.clear();
        let ground = Arc::new(diverging.ground(&NoFiles).unwrap());
        let refused = all_runs(&diverging, &ground, None).err().unwrap();
        assert!(
            refused.starts_with("plane `pca` goes through the steps of runs"),
            "{refused}"
        );
        let mut scene = scene(&["sgd"]);
        for (model, data, expected) in [
            (
                "mlp:loss=mse",
                "csv:path=none.csv",
                "none.csv: files cannot be read here",
            ),
            (
                "mlp:loss=bce",
                "iris",
                "loss: bce is for the classes 0 and 1",
            ),
        ] {
            let bench = scene.network.as_mut().unwrap();
            (bench.model, bench.data) = (model.parse().unwrap(), data.parse().unwrap());
            let refused = scene.ground(&NoFiles).err().unwrap().to_string();
            assert!(refused.starts_with(expected), "{refused}");
        }
        let bench = scene.network.as_mut().unwrap();
        (bench.model, bench.data) = ("mlp".parse().unwrap(), "moons".parse().unwrap());
        bench.settings.every = 1;
        scene.training.steps = 1_000_000;
        let refused = scene.ground(&NoFiles).err().unwrap().to_string();
        assert!(refused.contains("a larger `every`"), "{refused}");
        scene.runs[0].spec = "sgd[layer7:lr=1]".parse().unwrap();
        let refused = scene.ground(&NoFiles).err().unwrap().to_string();
        assert!(
            refused.ends_with(
                "expected a layer or a tensor, like layers.0 or layers.0.weight in brackets"
            ),
            "{refused}"
        );
    }
}
