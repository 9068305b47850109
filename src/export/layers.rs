//! What a network's layers say while it trains, as CSV.

use super::trajectories::quoted;
use crate::engine::analysis::layer_stats::Diagnosis;
use crate::engine::declare::spec::real;
use std::io::{self, Write};

/// The columns.
pub const COLUMNS: &str = "run,step,layer,grad_norm,weight_norm,update_ratio,dead,noise_scale";

/// A line for each layer of a run at a step, and one for all together, whose layer is `all`; it alone has a noise scale. What there is
/// not is left empty.
///
/// # Errors
/// Those of `out`.
pub fn rows(spec: &str, step: u64, found: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let spec = quoted(spec);
    let of = |number: Option<f64>| number.map_or_else(String::new, real);
    let layers = found.layers.iter().map(|layer| (layer, None));
    for (vitals, noise) in layers.chain([(&found.whole, found.noise_scale)]) {
        let norms = [vitals.grad_norm, vitals.weight_norm].map(real).join(",");
        let rest = [vitals.update_ratio, vitals.dead, noise].map(of).join(",");
        writeln!(out, "{spec},{step},{},{norms},{rest}", vitals.name)?;
    }
    Ok(())
}
