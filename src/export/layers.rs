//! Export of layer statistics during training as CSV.

use crate::engine::analysis::layer_stats::Diagnosis;
use crate::engine::declare::spec::real;
use std::io::{self, Write};

/// Names of the columns.
pub const COLUMNS: &str =
    "run,step,layer,grad_norm,weight_norm,update_ratio,dead,noise_scale,seed,outcome,name,spec";

/// Writes a line for each layer of a run at a step, and one for the whole network, named `all`, which alone has a noise scale. Missing
/// numbers are left empty. Runs count from 1; `labels` are their [labels](super::trajectories::labels).
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn rows(
    run: usize,
    step: u64,
    diagnosis: &Diagnosis,
    labels: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let cell = |number: Option<f64>| number.map_or_else(String::new, real);
    let layers = diagnosis.layers.iter().map(|layer| (layer, None));
    for (layer, noise) in layers.chain([(&diagnosis.whole, diagnosis.noise_scale)]) {
        let norms = [layer.grad_norm, layer.weight_norm].map(real).join(",");
        let optional = [layer.update_ratio, layer.dead, noise].map(cell).join(",");
        writeln!(
            out,
            "{run},{step},{},{norms},{optional},{labels}",
            layer.name
        )?;
    }
    Ok(())
}
