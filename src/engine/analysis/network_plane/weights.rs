//! Plane along two single weights.

use super::{NetworkPlane, PlaneError, PlaneInputs, PlaneMethod};
use crate::engine::declare::settings;
use crate::engine::objective::Tensor;

settings! {
    /// Two weights by their names, the textbook's param1 and param2; all others are fixed.
    pub struct Weights("Two weights") {
        /// First weight, like `layers.0.weight[0][1]` or `layers.0.bias[0]`.
        a: String = "layers.0.weight[0][0]".to_owned();
        /// Second weight.
        b: String = "layers.0.bias[0]".to_owned();
        /// Use the values of the two weights as coordinates, instead of their changes.
        absolute: bool = false;
    }
}

impl PlaneMethod for Weights {
    fn axes(&self, _: &[&str]) -> [String; 2] {
        [&self.a, &self.b].map(|name| {
            let name = readable(name);
            if self.absolute {
                name
            } else {
                format!("change of {name}")
            }
        })
    }

    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError> {
        let find = |name: &String| {
            place(given.objective.tensors(), name).map_err(|wrong| PlaneError::Weight {
                name: name.clone(),
                wrong,
            })
        };
        let places = [find(&self.a)?, find(&self.b)?];
        if places[0] == places[1] {
            return Err(PlaneError::Weight {
                name: self.b.clone(),
                wrong: "is both a and b; expected two weights".to_owned(),
            });
        }
        let mut origin = given.theta.to_vec();
        if self.absolute {
            places.iter().for_each(|place| origin[*place] = 0.0);
        }
        let [u, v] = places.map(|place| {
            let mut unit = vec![0.0; origin.len()];
            unit[place] = 1.0;
            unit
        });
        NetworkPlane::new(&origin, u, v)
    }
}

/// Returns the name of a weight for people: `layers.0.weight[0][3]` is `layer 1 weight [0,3]`.
fn readable(name: &str) -> String {
    let parts = || {
        let (layer, rest) = name.trim().strip_prefix("layers.")?.split_once('.')?;
        let layer: usize = layer.parse().ok()?;
        let (tensor, indices) = rest.split_at(rest.find('[')?);
        let indices = indices.replace("][", ",");
        Some(format!("layer {} {tensor} {indices}", layer + 1))
    };
    parts().unwrap_or_else(|| name.to_owned())
}

/// Returns the index in θ of a weight like `layers.0.weight[0][1]`. The error is the second half of a sentence.
fn place(tensors: &[Tensor], text: &str) -> Result<usize, String> {
    let text = text.trim();
    let (name, indices) = text.split_at(text.find('[').unwrap_or(text.len()));
    let Some(tensor) = tensors.iter().find(|tensor| tensor.name == name) else {
        let names: Vec<&str> = tensors.iter().map(|tensor| &*tensor.name).collect();
        return Err(format!(
            "is no weight of the network; expected an index into one of {}",
            names.join(", ")
        ));
    };
    let sides = tensor.shape.iter().map(|side| format!("[0..{}]", side - 1));
    let expected = format!("expected {name}{}", sides.collect::<String>());
    let indices: Option<Vec<usize>> = { indices.split_inclusive(']') }
        .map(|index| {
            index
                .trim()
                .strip_prefix('[')?
                .strip_suffix(']')?
                .trim()
                .parse()
                .ok()
        })
        .collect();
    let indices = indices.filter(|indices| {
        let inside = indices
            .iter()
            .zip(&tensor.shape)
            .all(|(index, side)| index < side);
        indices.len() == tensor.shape.len() && inside
    });
    let indices = indices.ok_or_else(|| format!("is no single weight; {expected}"))?;
    let flat =
        { indices.iter().zip(&tensor.shape) }.fold(0, |flat, (index, side)| flat * side + index);
    Ok(tensor.range.start + flat)
}
