//! A network's losses at many points of a plane.
//!
//! On a plane, θ = θ₀ + a u + b v, the weights of every layer are affine in a and b, and so is what the first layer makes of the
//! inputs: its three products with the inputs, by the weights of θ₀, u and v, are made once and not at each point. What follows is
//! done for a few samples at a time, side by side in vectors, whose numbers never leave the innermost cache. Long rows through one hidden
//! layer of ReLUs go a shorter way, see [`quadratic`].

mod activation;
mod loss;
mod packed_weights;
mod relu_rows;

use super::activation::Activation;
use super::aligned::AlignedVec;
use super::float::Float;
use super::forward_backward::Shape;
use super::gemm::padded_len;
use super::loss::{Loss, Target};
use crate::engine::numeric::real;
use crate::engine::objective::plane::Plane;
use activation::{PreActivation, activate};
use loss::PackedTargets;
use packed_weights::{
    MAX_SINGLE_TILE, PackedLayer, interpolate, pack, packed_layers, product, relu_product,
};

/// About so many samples go to a point before its weights are made anew.
const GROUP: usize = 128;

/// A network on its data.
pub(super) struct Slice<'a, G> {
    pub(super) shape: &'a Shape,
    pub(super) loss: Loss,
    pub(super) l2: f64,
    /// Inputs in padded rows.
    pub(super) inputs: &'a [f64],
    pub(super) samples: usize,
    /// What the outputs for a sample should be.
    pub(super) target: G,
}

impl<'a, G: Fn(usize) -> Target<'a>> Slice<'a, G> {
    /// The losses at each `a` of each `b`, row by row, computed in numbers of E. The network must be one without normalisation, in
    /// which each sample goes its own way.
    pub(super) fn rows<E: Float>(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64]) {
        let parts = plane.parts();
        if let Some(step) = self.spacing(parts, a, b) {
            losses.fill(0.0);
            self.add_rows::<E>(parts, (a, step), b, losses);
            self.finish(parts, a, b, losses);
            return;
        }
        let layers = packed_layers(&self.shape.widths, self.can_fuse());
        let packed = parts.map(|theta| pack::<E>(&layers, &self.shape.layout, theta));
        // The first layer's weights do not go to each point.
        let after = layers[0].len();
        let weights = packed.each_ref().map(|packed| &packed[after..]);
        let block = self.block::<E>();
        let goals = PackedTargets::new(
            self.loss,
            self.shape.outputs(),
            self.samples,
            block,
            &self.target,
        );
        let mut room = Workspace::new(&layers, block);
        losses.fill(0.0);
        let blocks = self.samples.div_ceil(block);
        let together = (GROUP / block).max(1);
        for first in (0..blocks).step_by(together) {
            let group = first..blocks.min(first + together);
            let first_layer = |number| self.first_layer(number * block, block, &layers[0], &packed);
            let mut group: Vec<FirstLayer<E>> = group.map(first_layer).collect();
            for (b, losses) in b.iter().zip(losses.chunks_exact_mut(a.len())) {
                group
                    .iter_mut()
                    .for_each(|first| first.start_row(E::from_f64(*b)));
                for (a, loss) in a.iter().zip(losses) {
                    let at = [a, b].map(|at| E::from_f64(*at));
                    interpolate(weights, at, &mut room.weights[after..]);
                    for (number, block) in (first..).zip(&group) {
                        self.forward(&layers, block, at[0], &mut room);
                        *loss += goals.sum(number, block.count, &room.z, &mut room.parts);
                    }
                }
            }
        }
        self.finish(parts, a, b, losses);
    }

    /// Sums become means, and λ/2 ‖θ‖² is added.
    fn finish(&self, parts: [&[f64]; 3], a: &[f64], b: &[f64], losses: &mut [f64]) {
        let dot = |i: usize, j: usize| -> f64 {
            if self.l2 == 0.0 {
                return 0.0;
            }
            parts[i].iter().zip(parts[j]).map(|(x, y)| x * y).sum()
        };
        let [oo, ou, ov, uu, uv, vv] =
            [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)].map(|(i, j)| dot(i, j));
        for (b, losses) in b.iter().zip(losses.chunks_exact_mut(a.len())) {
            for (a, loss) in a.iter().zip(losses) {
                let square = oo + 2.0 * (a * ou + b * ov + a * b * uv) + a * a * uu + b * b * vv;
                *loss = *loss / real(self.samples) + 0.5 * self.l2 * square;
            }
        }
    }

    /// Whether the hidden layer need not be stored: it is the only one, cheap to make, and few outputs want it.
    fn can_fuse(&self) -> bool {
        let narrow = matches!(self.shape.widths[..], [_, _, out] if out <= MAX_SINGLE_TILE);
        narrow && self.shape.activation == Activation::Relu && !self.shape.skips(0)
    }

    /// So many samples are side by side: few enough for the numbers of two layers to stay in the innermost cache.
    fn block<E: Float>(&self) -> usize {
        const L1_BYTES: usize = 8_192;
        let widest = self.shape.widths.iter().max().copied().unwrap_or(0);
        let fits = 4 * E::MAX_LANES * widest * size_of::<E>() <= L1_BYTES;
        let fits = fits && !self.can_fuse();
        E::MAX_LANES * if fits { 4 } else { 2 }
    }

    /// What the first layer makes of `block` samples from `start` on.
    fn first_layer<E: Float>(
        &self,
        start: usize,
        block: usize,
        dense: &PackedLayer,
        packed: &[Vec<E>; 3],
    ) -> FirstLayer<E> {
        let stride = padded_len(self.shape.widths[0]);
        let samples = start..self.samples.min(start + block);
        let count = samples.len();
        let rows = self.inputs[samples.start * stride..samples.end * stride].chunks_exact(stride);
        let mut inputs = AlignedVec::zeros(dense.inputs * block);
        for (s, row) in rows.enumerate() {
            for (i, x) in row[..dense.inputs].iter().enumerate() {
                inputs[i * block + s] = E::from_f64(*x);
            }
        }
        let [origin, u, v] = packed.each_ref().map(|packed| {
            let mut made = AlignedVec::zeros(dense.rows() * block);
            product(dense, packed, &inputs, &mut made, block);
            made.truncate(dense.outputs * block);
            made
        });
        FirstLayer {
            count,
            inputs,
            row: origin.clone(),
            origin,
            u,
            v,
        }
    }

    /// The outputs for a block at `a` of the row that was started, to `room.z`.
    fn forward<E: Float>(
        &self,
        layers: &[PackedLayer],
        block: &FirstLayer<E>,
        a: E,
        room: &mut Workspace<E>,
    ) {
        let Workspace {
            block: samples,
            weights,
            h,
            z,
            ..
        } = room;
        let first = PreActivation::Affine([&block.row[..], &block.u[..]], a);
        if layers.len() == 1 {
            activate(Activation::Identity, first, false, &mut z[..block.u.len()]);
            return;
        }
        if self.can_fuse() {
            let (dense, affine) = (&layers[1], [&block.row[..], &block.u[..]]);
            let z = &mut z[..dense.rows() * *samples];
            relu_product(dense, weights, affine, a, z, *samples);
            return;
        }
        let own = &mut h[..block.u.len()];
        let skips = self.shape.skips(0);
        if skips {
            own.copy_from_slice(&block.inputs);
        }
        activate(self.shape.activation, first, skips, own);
        for (l, dense) in layers.iter().enumerate().skip(1) {
            let input = &h[..dense.inputs * *samples];
            product(
                dense,
                weights,
                input,
                &mut z[..dense.rows() * *samples],
                *samples,
            );
            if l + 1 < layers.len() {
                let bent = dense.outputs * *samples;
                let from = PreActivation::Plain(&z[..bent]);
                activate(
                    self.shape.activation,
                    from,
                    self.shape.skips(l),
                    &mut h[..bent],
                );
            }
        }
    }
}

/// What the first layer makes of a block of samples by the weights of θ₀, u and v: a row for each of its outputs.
struct FirstLayer<E> {
    /// How many samples there are; what is beside them does not count.
    count: usize,
    /// The inputs themselves, for a residual connection around the layer.
    inputs: AlignedVec<E>,
    origin: AlignedVec<E>,
    u: AlignedVec<E>,
    v: AlignedVec<E>,
    /// With the row's b.
    row: AlignedVec<E>,
}

impl<E: Float> FirstLayer<E> {
    fn start_row(&mut self, b: E) {
        let parts = [&self.origin[..], &self.v, &self.v];
        interpolate(parts, [b, E::default()], &mut self.row);
    }
}

/// Where a block is computed.
struct Workspace<E> {
    /// So many samples.
    pub(in crate::engine) block: usize,
    weights: Vec<E>,
    h: AlignedVec<E>,
    z: AlignedVec<E>,
    parts: AlignedVec<E>,
}

impl<E: Float> Workspace<E> {
    fn new(layers: &[PackedLayer], block: usize) -> Self {
        let widest = layers.iter().map(PackedLayer::rows).max().unwrap_or(0);
        let room = |rows: usize| AlignedVec::zeros(rows * block);
        Self {
            block,
            weights: vec![E::default(); layers.iter().map(PackedLayer::len).sum()],
            h: room(widest),
            z: room(widest),
            parts: room(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::files::NoFiles;
    use crate::engine::network::data::{AnyDataset, Data};
    use crate::engine::network::{AnyNetwork, NetworkLoss, Precision};
    use crate::engine::objective::plane::Plane;
    use crate::engine::objective::{Objective, values_on_rows};

    /// All losses of a plane, beside those of its points one by one.
    fn check(network: &str, data: &str) {
        let spec: AnyNetwork = network.parse().unwrap();
        let data: AnyDataset = data.parse().unwrap();
        let data = data.as_dyn().data(&NoFiles).unwrap();
        let slow = NetworkLoss::new(&spec, &data).unwrap();
        let [origin, u, v] = [1, 2, 3].map(|seed| slow.init_params(seed));
        let zeros = vec![0.0; slow.dim()];
        let few = vec![-2.0, -0.5, 0.0, 0.7, 1.5];
        let many: Vec<f64> = (-38..=62).map(|k| 0.04 * f64::from(k)).collect();
        for (parts, a) in [
            ([&origin, &u, &v], &few),
            ([&origin, &u, &v], &many),
            // Where units turn at points of the grid, or nowhere.
            ([&zeros, &u, &v], &many),
            ([&origin, &zeros, &v], &many),
        ] {
            let plane = Plane::new(parts[0].clone(), parts[1].clone(), parts[2].clone());
            check_plane(&slow, &plane.unwrap(), a, network, &data, &spec);
        }
    }

    fn check_plane(
        slow: &NetworkLoss,
        plane: &Plane,
        a: &[f64],
        name: &str,
        data: &Data,
        network: &AnyNetwork,
    ) {
        let (b, mut room) = ([-1.0, 0.0, 0.4], vec![0.0; slow.dim()]);
        let mut expected = vec![0.0; 3 * a.len()];
        values_on_rows(slow, plane, a, &b, &mut expected, &mut room);
        for (precision, tolerance) in [(Precision::Double, 1e-12), (Precision::Single, 2e-5)] {
            let fast = NetworkLoss::new(network, data).unwrap();
            let fast = fast.with_surfaces_in(precision);
            let mut found = vec![f64::NAN; expected.len()];
            Objective::rows(&fast, plane, a, &b, &mut found, &mut room);
            let mut off = 0.0_f64;
            for (found, expected) in found.iter().zip(&expected) {
                off = off.max((found - expected).abs() / expected.abs().max(1e-3));
                assert!(
                    off <= tolerance,
                    "{name}: {found}, expected {expected}, {precision:?}"
                );
            }
            // A point alone.
            let mut alone = [f64::NAN];
            Objective::rows(&fast, plane, &a[3..4], &b[2..], &mut alone, &mut room);
            let off = (alone[0] - found[2 * a.len() + 3]).abs() / alone[0].abs().max(1e-3);
            assert!(off <= tolerance, "{name}: {off}");
            if a.len() == 5 {
                assert_eq!(off.to_bits(), 0, "{name}");
            }
        }
    }

    #[test]
    fn a_slice_is_its_points() {
        for activation in [
            "identity",
            "relu",
            "leaky-relu",
            "tanh",
            "sigmoid",
            "gelu",
            "silu",
            "elu",
            "softplus",
        ] {
            check(
                &format!("mlp:hidden=9/9/4,activation={activation},loss=bce,residual=true,l2=0.1"),
                "moons:samples=75",
            );
        }
        for hidden in ["", "1", "2", "7", "13/5", "64/64", "2/2/2"] {
            check(
                &format!("mlp:hidden={hidden},activation=relu,loss=ce"),
                "iris",
            );
            check(&format!("mlp:hidden={hidden},loss=ce"), "iris");
            check(
                &format!("mlp:hidden={hidden},loss=mse,residual=true,bias=false"),
                "sine:samples=31",
            );
        }
        // One hidden layer of ReLUs and the other losses.
        check(
            "mlp:hidden=6,activation=relu,loss=bce,l2=0.1",
            "moons:samples=75",
        );
        check("mlp:hidden=9,activation=relu,loss=mse", "sine:samples=31");
        // As many outputs as one tile may have, and one more.
        for classes in 4..=13 {
            let data = format!("blobs:classes={classes},samples=70");
            check("mlp:hidden=6,activation=relu,loss=ce", &data);
        }
        check("mlp:hidden=5,norm=layer,loss=ce", "iris");
        check("mlp:hidden=5,norm=batch,loss=ce", "iris");
    }

    #[test]
    fn what_is_no_number_stays_none() {
        for (hidden, precision) in [
            ("3/3", Precision::Double),
            ("3,activation=relu", Precision::Double),
            ("3,activation=relu", Precision::Single),
            ("3/3,activation=relu", Precision::Single),
        ] {
            let network: AnyNetwork = format!("mlp:hidden={hidden},loss=ce").parse().unwrap();
            let data: AnyDataset = "iris".parse().unwrap();
            let data = data.as_dyn().data(&NoFiles).unwrap();
            let loss = NetworkLoss::new(&network, &data).unwrap();
            let loss = loss.with_surfaces_in(precision);
            let mut origin = loss.init_params(0);
            origin[0] = f64::NAN;
            let (u, mut room) = (loss.init_params(1), vec![0.0; loss.dim()]);
            let plane = Plane::new(origin, u.clone(), u).unwrap();
            let mut found = [0.0_f64; 1];
            Objective::rows(&loss, &plane, &[0.0], &[0.0], &mut found, &mut room);
            assert!(found[0].is_nan(), "{hidden}");
        }
    }
}
