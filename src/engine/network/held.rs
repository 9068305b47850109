//! The ways through a network at one θ, held for many products.

use super::matrix::padded;
use super::objective::{NetworkLoss, add_scaled};
use super::pass::Block;
use super::room::Held;
use super::sum::{Matrix, Sum, Want};
use super::tangent::Derivatives;
use super::weights::Weights;
use crate::engine::objective::Products;
use rayon::prelude::*;
use std::ops::Range;

/// So many numbers are held at most.
const MOST: usize = 1 << 25;

/// A rough product takes one of so many blocks, where there are at least twice as many.
const ROUGH: usize = 8;

/// Products with a matrix at θ, and what they have in common: of each block of samples the way there and back.
struct HeldProducts<'a> {
    net: &'a NetworkLoss,
    matrix: Matrix,
    theta: &'a [f64],
    weights: Weights,
    blocks: Vec<Held>,
}

/// Products with a matrix at θ; `None` where too much would have to be held.
pub(super) fn products<'a>(
    net: &'a NetworkLoss,
    matrix: Matrix,
    theta: &'a [f64],
) -> Option<Box<dyn Products + 'a>> {
    let shape = &net.shape;
    // h, φ′, φ″ and d of each unit.
    let units: usize = shape.widths[1..].iter().map(|width| padded(*width)).sum();
    if net.samples.checked_mul(4 * units)? > MOST {
        return None;
    }
    let mut weights = Weights::new(&shape.widths, &shape.layout);
    weights.load(&shape.layout, theta);
    let mut blocks = net.rooms.take_held();
    blocks.resize_with(net.samples.div_ceil(net.block()), || {
        (
            Block::to_keep(shape, net.block()),
            Derivatives::new(shape, net.block()),
        )
    });
    let mut held = HeldProducts {
        net,
        matrix,
        theta,
        weights,
        blocks,
    };
    held.pass();
    Some(Box::new(held))
}

impl HeldProducts<'_> {
    /// Goes there and back with all samples.
    fn pass(&mut self) {
        let Self {
            net,
            matrix,
            theta,
            weights,
            blocks,
        } = self;
        let sum = Sum::new(net, theta, Want::Product(*matrix, &[]));
        let each = |(places, (block, derivatives)): (Range<usize>, &mut Held)| {
            let mut room = net.room();
            block.lend(&mut room.block);
            let inputs = net.rows(places.clone());
            sum.there_and_back(places, block, weights, inputs, derivatives);
            block.lend(&mut room.block);
            net.rooms.give(room);
        };
        let places: Vec<Range<usize>> = net.blocks(0..net.samples).collect();
        let both = places.into_par_iter().zip(blocks);
        both.with_min_len(4).for_each(each);
    }

    fn sum<'b>(&'b self, vector: &'b [f64]) -> Sum<'b> {
        let want = Want::Product(self.matrix, vector);
        Sum {
            held: Some((&self.weights, &self.blocks)),
            ..Sum::new(self.net, self.theta, want)
        }
    }
}

impl Drop for HeldProducts<'_> {
    fn drop(&mut self) {
        self.net.rooms.give_held(std::mem::take(&mut self.blocks));
    }
}

impl Products for HeldProducts<'_> {
    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        self.sum(vector).mean(Some(&mut *product));
        if self.matrix != Matrix::EmpiricalFisher {
            add_scaled(product, self.net.l2, vector);
        }
    }

    fn rough(&self) -> Option<Box<dyn Products + '_>> {
        (self.blocks.len() >= 2 * ROUGH).then(|| Box::new(Rough(self)) as Box<dyn Products>)
    }
}

/// The same over one of some blocks.
struct Rough<'a>(&'a HeldProducts<'a>);

impl Products for Rough<'_> {
    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        let net = self.0.net;
        let sum = self.0.sum(vector);
        let blocks = |first: usize| net.blocks(0..net.samples).skip(first).step_by(2 * ROUGH);
        let (mut room, other) = rayon::join(|| sum.some(blocks(0)), || sum.some(blocks(ROUGH)));
        room.sums.add(&other.sums);
        net.rooms.give(other);
        let count: usize = { blocks(0).chain(blocks(ROUGH)) }
            .map(|block| block.len())
            .sum();
        sum.finish(room, count, Some(product));
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::cancel::Cancel;
    use crate::engine::curvature::{Ask, Curvature, Symmetric, lanczos};
    use crate::engine::direction::normal;
    use crate::engine::landscape::NoFiles;
    use crate::engine::network::{AnyNetwork, NetworkLoss, data::AnyDataset};
    use crate::engine::objective::{Metric, Objective};
    use crate::engine::rng::Purpose;

    #[test]
    fn the_largest_eigenvalue_is_found_from_a_hint_too() {
        let network: AnyNetwork = "mlp:hidden=8/8,loss=bce".parse().unwrap();
        let data: AnyDataset = "moons:samples=700".parse().unwrap();
        let data = data.as_dyn().data(&NoFiles).unwrap();
        let loss = NetworkLoss::new(&network, &data).unwrap();
        for seed in 0..3 {
            let theta = loss.initial(seed);
            let hessian = Curvature::hessian(&loss, &theta);
            assert!(hessian.hint().is_some());
            let ask = Ask::largest(1e-9);
            let hinted = lanczos(&hessian, &ask, &Cancel::default()).unwrap();
            let both = Ask { bottom: 1, ..ask };
            let plain = lanczos(&hessian, &both, &Cancel::default()).unwrap();
            let [found, expected] = [hinted, plain].map(|all| all.top[0].value);
            assert!(
                (found - expected).abs() <= 2e-9 * expected,
                "{found}, not {expected}"
            );
        }
    }

    #[test]
    fn products_that_are_held_are_those_that_are_not() {
        for network in [
            "hidden=,loss=ce",
            "hidden=9/9/4,activation=gelu,loss=ce,residual=true,l2=0.1",
            "hidden=64,activation=relu,loss=ce,bias=false",
            "hidden=5/5,activation=silu,loss=ce,norm=layer,residual=true",
            "hidden=5/6,activation=tanh,loss=ce,norm=batch",
        ] {
            let network: AnyNetwork = format!("mlp:{network}").parse().unwrap();
            let data: AnyDataset = "iris".parse().unwrap();
            let data = data.as_dyn().data(&NoFiles).unwrap();
            let loss = NetworkLoss::new(&network, &data).unwrap();
            let frozen = NetworkLoss::new(&network, &data).unwrap();
            let moments = loss.moments(&loss.initial(5));
            for loss in [loss, frozen.frozen(moments).unwrap()] {
                let theta = loss.initial(3);
                for metric in [
                    None,
                    Some(Metric::GaussNewton),
                    Some(Metric::EmpiricalFisher),
                ] {
                    let held = loss.products(metric, &theta).unwrap();
                    for index in 0..3 {
                        let vector = normal(loss.dim(), 7, Purpose::Data, index);
                        let [mut found, mut expected] =
                            [vec![0.5; loss.dim()], vec![f64::NAN; loss.dim()]];
                        held.multiply(&vector, &mut found);
                        match metric {
                            None => loss.hessian_vector(&theta, &vector, &mut expected),
                            Some(metric) => {
                                assert!(loss.metric_vector(metric, &theta, &vector, &mut expected));
                            }
                        }
                        assert_eq!(found, expected, "{network}, {metric:?}");
                    }
                }
            }
        }
    }
}
