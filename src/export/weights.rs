//! Export of a network's weights as safetensors files.

use crate::engine::network::NetworkLoss;
use crate::engine::objective::Objective;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, serialize};
use std::collections::HashMap;
use std::io::{self, Write};

/// A tensor: name, data type, shape, bytes.
type TensorEntry = (String, Dtype, Vec<usize>, Vec<u8>);

/// Writes θ of a network under PyTorch's names, in double precision: `torch.nn.Module.load_state_dict` accepts the dictionary that
/// `safetensors.torch.load_file` returns.
///
/// Batch normalizations get their running statistics too: the mean and the biased variance over all data of `loss`, with which
/// `model.eval()` computes this program's losses, and one tracked batch.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn write(loss: &NetworkLoss, theta: &[f64], out: &mut dyn Write) -> io::Result<()> {
    let bytes = |numbers: &[f64]| {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    };
    let tensors = loss.tensors().iter().map(|tensor| -> TensorEntry {
        let numbers = theta.get(tensor.range.clone()).unwrap_or_default();
        (
            tensor.name.clone(),
            Dtype::F64,
            tensor.shape.clone(),
            bytes(numbers),
        )
    });
    let stats = loss.batch_norm_stats(theta).into_iter().enumerate();
    let stats = stats.flat_map(|(l, stats)| -> [TensorEntry; 3] {
        let shape = vec![stats.mean.len()];
        let name = |part| format!("norms.{l}.{part}");
        [
            (
                name("running_mean"),
                Dtype::F64,
                shape.clone(),
                bytes(&stats.mean),
            ),
            (
                name("running_var"),
                Dtype::F64,
                shape,
                bytes(&stats.variance),
            ),
            (
                name("num_batches_tracked"),
                Dtype::I64,
                Vec::new(),
                1_i64.to_le_bytes().to_vec(),
            ),
        ]
    });
    let entries: Vec<TensorEntry> = tensors.chain(stats).collect();
    let views = entries.iter().map(|(name, dtype, shape, bytes)| {
        Ok((name, TensorView::new(*dtype, shape.clone(), bytes)?))
    });
    let views: Result<Vec<_>, SafeTensorError> = views.collect();
    let format = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    let file = views.and_then(|views| serialize(views, Some(format)));
    out.write_all(&file.map_err(io::Error::other)?)
}
