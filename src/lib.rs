//! Ravine: an interactive loss-landscape visualizer.
//!
//! Two macros declare settings and families, one [`Scene`](engine::scene::Scene) describes a picture, pure functions compute its results, and
//! views and exporters draw them.
//!
//! # Code map
//!
//! The layers, from the top. Each imports only layers below it; `tests/headless/layers.rs` fails on any other import.
//!
//! - [`cli`]: one file per subcommand: text in; scene, engine and exporter; text out.
#![cfg_attr(feature = "gui", doc = "- [`gui`]: the window, the only egui code.")]
#![cfg_attr(not(feature = "gui"), doc = "- `gui`: the window, the only egui code.")]
//! - [`teaching`]: lessons with claims that tests play through.
//! - [`session`]: background computation for the window: the only threads and clocks.
//! - [`export`]: tables, arrays, pictures and help pages.
//! - [`figure`]: a scene and its results as a drawing; the drawing as SVG, PNG and PDF.
//! - [`import`]: scene files, weights and data from disk.
//! - [`engine`]: pure functions of a scene. Its folders in the order of their imports, from the top:
//!   - [`scene`](engine::scene): the scene (subject, runs, style), validation, TOML files;
//!   - [`analysis`](engine::analysis): curvature, critical points, basins, sweeps, mode connectivity, predictions, layer statistics;
//!   - [`network`](engine::network): model, forward and backward pass, Hessian-vector products, losses, data sets;
//!   - [`training`](engine::training): training loops, run specs, parameter groups, trajectories;
//!   - [`wrapper`](engine::wrapper), [`optimizer`](engine::optimizer), [`schedule`](engine::schedule), [`landscape`](engine::landscape):
//!     families, one file per member;
//!   - [`geometry`](engine::geometry): surfaces, contour lines, deep zoom;
//!   - [`objective`](engine::objective): the loss over θ with gradient and Hessian, planes, and the oracle through which optimizers see it;
//!   - [`files`](engine::files), [`expression`](engine::expression): access to data files; formulas typed by the user;
//!   - [`declare`](engine::declare): `settings!`, `family!`, parameters and the text grammar of specs;
//!   - [`numeric`](engine::numeric): scalars and jets, lanes, linear algebra, seeded random streams;
//!   - [`cancel`](engine::cancel): the cancellation flag.
//!
//! # Invariants
//!
//! 1. The engine cannot fail on numbers: divergence is an [`Outcome`](engine::training::Outcome), never a panic, a NaN on screen or a hang.
//!    Errors exist only at the edges (files, command line, formula text), and each is one sentence.
//! 2. The same scene gives the same bits for any number of threads. Random numbers come from [`engine::numeric::random::stream`] only.
//! 3. Step loops and row loops allocate nothing.
//! 4. The UI thread never waits longer than a few milliseconds; it shows the newest finished result and says what is being computed.
//! 5. A worker's panic is caught, shown, and loses nothing.
//! 6. Screen and export come from the same results, and say which settings made them.
//! 7. Nothing is guessed silently: whatever the program chose itself (columns, a range, a plane's centre, a learning rate) is said where the
//!    result is shown.
//! 8. Every formula cites its source.

pub mod cli;
pub mod engine;
pub mod export;
pub mod figure;
#[cfg(feature = "gui")]
pub mod gui;
pub mod import;
pub mod session;
pub mod teaching;
