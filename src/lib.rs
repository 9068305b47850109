//! Ravine: an interactive loss-landscape visualizer.
//!
//! Two small macros declare things, one struct describes the picture, pure functions compute it, and views and exporters
//! draw it.
//!
//! - [`engine`]: pure functions of a [`Scene`](engine::scene::Scene). [`engine::declare`] holds the two macros, [`engine::results`] the
//!   result types that figures and exporters read.
//! - [`figure`]: a scene and its results as a drawing, and the drawing as SVG and PNG.
//! - [`import`] and [`export`]: scene files and data from disk; trajectories, pictures and whole files to it.
//! - [`cli`]: the commands.
//! - [`session`]: background jobs and training threads. `gui`: the window; each view implements one trait and has one line in a registry.
//!
//! # Invariants
//!
//! 1. The engine does not fail on numbers: divergence is an [`Outcome`](engine::training::Outcome). Errors exist at the edges
//!    only, and each is one sentence that says what was expected and where.
//! 2. The same scene gives the same bits on any number of threads and on any width of vectors. Random numbers come from [`engine::numeric::random::stream`] only.
//! 3. The step loop of a run and the row loop of a surface allocate nothing.
//! 4. The window shows the newest finished result; it never waits for the engine longer than a few milliseconds.
//! 5. A panic on a worker is caught, told, and loses nothing.
//! 6. Screen and export draw the same results.
//! 7. Every formula cites its source.

pub mod cli;
pub mod engine;
pub mod export;
pub mod figure;
#[cfg(feature = "gui")]
pub mod gui;
pub mod import;
pub mod session;
