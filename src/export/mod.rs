//! Export: tables, arrays, weights, pictures, help pages, and atomically written files.

pub mod basins;
pub(crate) mod catalog;
pub mod columns;
pub mod connect;
pub mod figure_settings;
pub mod file;
pub mod film;
pub mod help_page;
pub mod json;
pub mod labels;
pub mod layers;
mod npz;
mod page_height;
mod page_size;
pub mod picture;
pub mod results_table;
pub mod seed_table;
pub mod sentence;
pub mod setting_scope;
pub mod sharpness;
mod show;
pub mod slice;
pub mod spectrum;
pub mod training;
pub mod trajectories;
pub mod weights;
