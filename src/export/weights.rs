//! Weights of networks as safetensors files.

use crate::engine::objective::Tensor;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, serialize};
use std::collections::HashMap;
use std::io::{self, Write};

/// θ of a network with these tensors under PyTorch's names, in double precision: `torch.nn.Module.load_state_dict` takes what
/// `safetensors.torch.load_file` makes of it.
///
/// # Errors
/// Those of `out`.
pub fn write(tensors: &[Tensor], theta: &[f64], out: &mut dyn Write) -> io::Result<()> {
    let bytes: Vec<u8> = theta
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let view = |tensor: &Tensor| {
        let own = tensor.range.start * size_of::<f64>()..tensor.range.end * size_of::<f64>();
        let data = bytes.get(own).unwrap_or_default();
        Ok((
            tensor.name.clone(),
            TensorView::new(Dtype::F64, tensor.shape.clone(), data)?,
        ))
    };
    let views: Result<Vec<_>, SafeTensorError> = tensors.iter().map(view).collect();
    let format = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    let file = views.and_then(|views| serialize(views, Some(format)));
    out.write_all(&file.map_err(io::Error::other)?)
}
