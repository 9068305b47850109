//! Surveys in the background: they have threads of their own, so that runs and terrain do not wait for them.

use super::latest::Latest;
use super::{Grounds, Scene};
use crate::engine::landscape::AnyLandscape;
use crate::engine::plane::Rect;
use crate::engine::run::{Conditions, RunSpec};
use crate::engine::survey::basins::{Basins, Question};
use rayon::ThreadPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Grid sides of basins that come one after the other, as far as the finest that is asked for.
const SIDES: [usize; 3] = [32, 128, 512];

/// What basins depend on.
#[derive(Clone, PartialEq)]
pub struct BasinsOf {
    /// The landscape.
    pub landscape: AnyLandscape,
    /// What the runs are made under.
    pub conditions: Conditions,
    /// The optimizer and its schedule.
    pub spec: RunSpec,
    /// What is looked at.
    pub window: Rect,
    /// The side of the finest grid.
    pub side: usize,
}

/// Basins, and what they are of.
pub struct BasinsFound {
    /// What they are of.
    pub of: BasinsOf,
    /// The basins; coarser than asked for while finer ones are computed, or after a stop.
    pub basins: Basins,
}

/// The background slot of basins.
pub(super) struct BasinsSlot {
    slot: Latest<(Scene, BasinsOf), Result<BasinsFound, String>>,
    /// Starts that are done, and all, of the grid in work.
    progress: Arc<[AtomicUsize; 2]>,
}

impl BasinsSlot {
    pub(super) fn spawn(
        grounds: Arc<Grounds>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Self, String> {
        let pool = pool()?;
        let progress = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let counted = Arc::clone(&progress);
        let slot = Latest::spawn(
            "basins",
            wake,
            move |(scene, of): &(Scene, BasinsOf), cancel, publish| {
                let ground = match grounds.get(scene) {
                    Ok(ground) => ground,
                    Err(sentence) => return publish(Err(sentence)),
                };
                let question = Question {
                    objective: &*ground.objective,
                    known: &ground.minima,
                    spec: &of.spec,
                    conditions: of.conditions,
                    window: of.window,
                };
                let mut earlier: Option<Basins> = None;
                for side in SIDES
                    .into_iter()
                    .filter(|side| *side < of.side)
                    .chain([of.side])
                {
                    counted[0].store(0, Ordering::Relaxed);
                    counted[1].store(side * side, Ordering::Relaxed);
                    let answer = pool
                        .install(|| question.answer(side, earlier.as_ref(), &counted[0], cancel));
                    let Some(basins) = answer else { return };
                    earlier = Some(basins.clone());
                    publish(Ok(BasinsFound {
                        of: of.clone(),
                        basins,
                    }));
                }
            },
        )?;
        Ok(Self { slot, progress })
    }

    /// Asks for the basins of a run of a scene; what is asked for already goes on, and what was stopped stays so.
    pub(super) fn ask(&self, scene: &Scene, of: BasinsOf) {
        self.slot
            .ask(|(_, asked)| *asked == of, || (scene.clone(), of.clone()));
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<BasinsFound, String>>> {
        self.slot.newest()
    }

    pub(super) fn stop(&self) {
        self.slot.stop();
    }

    /// The share of the grid in work that is done; `None` at rest.
    pub(super) fn progress(&self) -> Option<f32> {
        let [done, all] = [0, 1].map(|index| self.progress[index].load(Ordering::Relaxed));
        #[expect(clippy::cast_precision_loss, reason = "a share for people")]
        self.slot.busy().then(|| done as f32 / all.max(1) as f32)
    }

    pub(super) fn wait(&self, patience: std::time::Duration) {
        self.slot.wait(patience);
    }
}

/// Threads for surveys.
pub(super) fn pool() -> Result<ThreadPool, String> {
    rayon::ThreadPoolBuilder::new()
        .build()
        .map_err(|error| format!("no threads to compute with: {error}"))
}
