//! Reads weights of networks from safetensors files.

use crate::engine::network::BatchNormStats;
use crate::engine::objective::{Role, Tensor};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::cmp::Ordering;

pub(super) const EXPECTED: &str = "a safetensors file";

/// The maximum number of mismatches in an error; further ones are only counted.
const MAX_LISTED: usize = 8;

/// The buffers of PyTorch's normalisations besides their parameters.
const RUNNING_STATS: [&str; 3] = ["num_batches_tracked", "running_mean", "running_var"];

/// Reads θ for a network with these tensors, some of which may be buffers of normalisations. The error is a sentence without the file's
/// name.
pub(super) fn read(bytes: &[u8], tensors: &[Tensor]) -> Result<Vec<f64>, String> {
    let file = SafeTensors::deserialize(bytes)
        .map_err(|error| format!("is not a whole safetensors file ({error}); expected one"))?;
    let asked = |part: &str| {
        tensors
            .iter()
            .any(|tensor| split_name(&tensor.name).1 == part)
    };
    let kept = |part: &str| !RUNNING_STATS.contains(&part) || asked(part);
    let mut given: Vec<FileTensor> = file
        .iter()
        .filter(|(name, _)| kept(split_name(name).1))
        .map(|(name, view)| FileTensor { name, view })
        .collect();
    given.sort_by(|a, b| natural(a.name, b.name));
    let pairs = pairs(&given, tensors)?;
    let dim = tensors.last().map_or(0, |tensor| tensor.range.end);
    let mut theta = vec![0.0; dim];
    for (tensor, found) in tensors.iter().zip(pairs) {
        let Some(found) = found else { continue };
        given[found].numbers(&mut theta[tensor.range.clone()])?;
    }
    Ok(theta)
}

/// Reads θ and the running averages of batch normalisations.
pub(super) fn read_with_batch_norm_stats(
    bytes: &[u8],
    tensors: &[Tensor],
) -> Result<(Vec<f64>, Vec<BatchNormStats>), String> {
    let mut all = tensors.to_vec();
    for norm in tensors.iter().filter(|tensor| tensor.role == Role::Norm) {
        for part in ["running_mean", "running_var"] {
            let start = all.last().map_or(0, |tensor| tensor.range.end);
            all.push(Tensor {
                name: format!("{}.{part}", split_name(&norm.name).0),
                range: start..start + norm.range.len(),
                ..norm.clone()
            });
        }
    }
    let mut theta = read(bytes, &all)?;
    let moments = all[tensors.len()..].chunks_exact(2).map(|pair| {
        let [mean, variance] = [0, 1].map(|i| theta[pair[i].range.clone()].to_vec());
        BatchNormStats { mean, variance }
    });
    let moments = moments.collect();
    theta.truncate(tensors.last().map_or(0, |tensor| tensor.range.end));
    Ok((theta, moments))
}

/// Returns one line for each tensor of a header, in the order of their names: at most `most`, the last of which counts the others.
pub(super) fn header_lines(header: &[u8], most: usize) -> Result<Vec<String>, String> {
    let entries: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(header)
        .map_err(|error| format!("is not a whole safetensors file ({error}); expected one"))?;
    let mut tensors: Vec<(&str, Vec<usize>)> = { entries.iter() }
        .filter_map(|(name, entry)| {
            let sides = entry.get("shape")?.as_array()?.iter();
            let side = |side: &serde_json::Value| usize::try_from(side.as_u64()?).ok();
            Some((name.as_str(), sides.filter_map(side).collect()))
        })
        .collect();
    tensors.sort_by(|a, b| natural(a.0, b.0));
    let more = tensors.len().saturating_sub(most);
    tensors.truncate(if more > 0 {
        most.saturating_sub(1)
    } else {
        most
    });
    let line = |(name, sides): &(&str, Vec<usize>)| format!("{name}: {}", shape(sides));
    let mut lines: Vec<String> = tensors.iter().map(line).collect();
    if more > 0 {
        lines.push(format!("and {} more", more + 1));
    }
    Ok(lines)
}

/// A tensor of the file.
struct FileTensor<'a> {
    name: &'a str,
    view: TensorView<'a>,
}

impl FileTensor<'_> {
    fn numbers(&self, to: &mut [f64]) -> Result<(), String> {
        let data = self.view.data();
        match self.view.dtype() {
            Dtype::F64 => fill(data, to, f64::from_le_bytes),
            Dtype::F32 => fill(data, to, |bytes| f64::from(f32::from_le_bytes(bytes))),
            Dtype::BF16 => fill(data, to, |[low, high]| {
                f64::from(f32::from_le_bytes([0, 0, low, high]))
            }),
            Dtype::F16 => fill(data, to, |bytes| half(u16::from_le_bytes(bytes))),
            other => {
                let name = self.name;
                return Err(format!(
                    "`{name}` holds {other}; expected F64, F32, F16 or BF16"
                ));
            }
        }
        if to.iter().all(|number| number.is_finite()) {
            Ok(())
        } else {
            Err(format!(
                "`{}` holds a number that is not finite; expected finite numbers",
                self.name
            ))
        }
    }
}

fn fill<const N: usize>(data: &[u8], to: &mut [f64], number: impl Fn([u8; N]) -> f64) {
    let (all, _) = data.as_chunks();
    to.iter_mut()
        .zip(all)
        .for_each(|(to, bytes)| *to = number(*bytes));
}

/// Converts an IEEE 754 number of 16 bits.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    let size = match exponent {
        0 => fraction * 2.0_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2.0_f64.powi(exponent - 15),
    };
    sign * size
}

/// Splits a name at its last dot.
fn split_name(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or(("", name))
}

/// Matches each tensor of the network with a tensor of the file: by name or, if a name differs, by
/// position.
fn pairs(given: &[FileTensor], tensors: &[Tensor]) -> Result<Vec<Option<usize>>, String> {
    let by_name = |name: &str| given.iter().position(|given| given.name == name);
    let named: Vec<_> = tensors.iter().map(|tensor| by_name(&tensor.name)).collect();
    let placed = if named.iter().all(Option::is_some) {
        named.clone()
    } else {
        by_place(given, tensors)
    };
    let misfits = misfits(given, tensors, &placed);
    if misfits.is_empty() {
        ambiguous(given, tensors, &placed)?;
        return Ok(placed);
    }
    Err(sentence(if named.iter().any(Option::is_some) {
        self::misfits(given, tensors, &named)
    } else {
        misfits
    }))
}

/// Returns for each module in turn the next unused module whose weight has an equal shape or, without one, as many dimensions.
fn by_place(given: &[FileTensor], tensors: &[Tensor]) -> Vec<Option<usize>> {
    let is_weight = |given: &FileTensor| split_name(given.name).1 == "weight";
    let mut free: Vec<usize> = (0..given.len())
        .filter(|index| is_weight(&given[*index]))
        .collect();
    let mut pairs = vec![None; tensors.len()];
    for (index, tensor) in tensors.iter().enumerate() {
        let (module, part) = split_name(&tensor.name);
        if part == "weight" {
            let same = |found: &usize| given[*found].view.shape() == tensor.shape;
            let alike = |found: &usize| given[*found].view.shape().len() == tensor.shape.len();
            let next = free.iter().position(same);
            let next = next.or_else(|| free.iter().position(alike));
            pairs[index] = next.map(|next| free.remove(next));
        } else {
            let weight = tensors
                .iter()
                .position(|weight| split_name(&weight.name) == (module, "weight"));
            let found = weight.and_then(|weight| pairs[weight]);
            let prefix = found.map(|found: usize| split_name(given[found].name).0);
            pairs[index] = given.iter().position(|given| {
                Some(split_name(given.name).0) == prefix && split_name(given.name).1 == part
            });
        }
    }
    pairs
}

/// Returns one phrase for each mismatch.
fn misfits(given: &[FileTensor], tensors: &[Tensor], pairs: &[Option<usize>]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (tensor, found) in tensors.iter().zip(pairs) {
        let (name, expected) = (&tensor.name, shape(&tensor.shape));
        match found.map(|found| &given[found]) {
            None => wrong.push(format!("`{name}` ({expected}) is missing")),
            Some(found) if found.view.shape() != tensor.shape => {
                let as_found = if found.name == name {
                    String::new()
                } else {
                    format!(" as `{}`", found.name)
                };
                let shape = shape(found.view.shape());
                wrong.push(format!("`{name}` is {shape}{as_found}, not {expected}"));
            }
            Some(_) => {}
        }
    }
    for (index, given) in given.iter().enumerate() {
        if !pairs.contains(&Some(index)) {
            let shape = shape(given.view.shape());
            wrong.push(format!("`{}` ({shape}) is not of the network", given.name));
        }
    }
    wrong
}

fn sentence(mut wrong: Vec<String>) -> String {
    let more = wrong.len().saturating_sub(MAX_LISTED);
    wrong.truncate(MAX_LISTED);
    if more > 0 {
        wrong.push(format!("and {more} more"));
    }
    let wrong = wrong.join(", ");
    format!("does not fit the network: {wrong}; expected weights of the same layers")
}

/// Fails if the order of two layers of equal shape is ambiguous: their names have no numbers.
fn ambiguous(
    given: &[FileTensor],
    tensors: &[Tensor],
    pairs: &[Option<usize>],
) -> Result<(), String> {
    let letters = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
    let found: Vec<&FileTensor> = { tensors.iter().zip(pairs) }
        .filter(|(tensor, _)| split_name(&tensor.name).1 == "weight")
        .filter_map(|(tensor, found)| Some((tensor, &given[(*found)?])))
        .filter(|(tensor, found)| tensor.name != found.name)
        .map(|(_, found)| found)
        .collect();
    for (index, one) in found.iter().enumerate() {
        let other = found[index + 1..].iter().find(|other| {
            one.view.shape() == other.view.shape() && letters(one.name) != letters(other.name)
        });
        if let Some(other) = other {
            let (one, other) = (one.name, other.name);
            return Err(format!(
                "`{one}` and `{other}` have one shape, and their names do not say which comes first; \
                 expected names like layers.0.weight"
            ));
        }
    }
    Ok(())
}

/// Writes a shape as "16 × 2".
fn shape(sides: &[usize]) -> String {
    let sides: Vec<String> = sides.iter().map(usize::to_string).collect();
    match sides.as_slice() {
        [] => "one number".to_owned(),
        [side] if side == "1" => "1 number".to_owned(),
        [side] => format!("{side} numbers"),
        sides => sides.join(" × "),
    }
}

/// Compares names with numbers compared as numbers: `2.weight` is before `10.weight`.
fn natural(a: &str, b: &str) -> Ordering {
    let pieces = |text: &str| -> Vec<(u128, String)> {
        let mut pieces = Vec::new();
        for piece in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
            let digits = piece.trim_end_matches(|c: char| !c.is_ascii_digit());
            let rest = piece[digits.len()..].to_owned();
            pieces.push((digits.parse().unwrap_or(0), rest));
        }
        pieces
    };
    pieces(a).cmp(&pieces(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests;
