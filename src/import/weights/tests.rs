//! Tests of names, shapes and number types of weights.

use super::*;
use crate::engine::files::NoFiles;
use crate::engine::network::{NetworkLoss, data::AnyDataset};
use crate::export::weights::write;
use safetensors::serialize;

fn network(spec: &str) -> NetworkLoss {
    let data: AnyDataset = "moons:samples=4".parse().unwrap();
    let data = data.as_dyn().data(&NoFiles).unwrap();
    NetworkLoss::new(&spec.parse().unwrap(), &data).unwrap()
}

/// Reads a file with these tensors, each filled with its index in the list; returns θ or the error.
fn check(network_spec: &str, given: &[(&str, &[usize])], expected: Result<&[f64], &str>) {
    let bytes: Vec<Vec<u8>> = (0_u8..)
        .zip(given)
        .map(|(place, (_, shape))| {
            f64::from(place)
                .to_le_bytes()
                .repeat(shape.iter().product())
        })
        .collect();
    let views = given.iter().zip(&bytes).map(|((name, shape), bytes)| {
        let view = TensorView::new(Dtype::F64, shape.to_vec(), bytes);
        (*name, view.unwrap())
    });
    let file = serialize(views, None).unwrap();
    let loss = network(network_spec);
    let found = read(&file, loss.layout().tensors());
    match expected {
        Ok(places) => {
            let theta = found.unwrap();
            let first = loss
                .layout()
                .tensors()
                .iter()
                .map(|tensor| theta[tensor.range.start]);
            assert_eq!(first.collect::<Vec<_>>(), places, "{given:?}");
        }
        Err(sentence) => assert_eq!(found.unwrap_err(), sentence, "{given:?}"),
    }
}

#[test]
fn layers_are_found_under_any_names() {
    let [first, second, bias] = [&[3, 2][..], &[1, 3], &[3]];
    let own = [
        ("layers.1.bias", &[1][..]),
        ("layers.0.weight", first),
        ("layers.1.weight", second),
        ("layers.0.bias", bias),
    ];
    check("mlp:hidden=3", &own, Ok(&[1.0, 3.0, 2.0, 0.0]));
    let sequential = [
        ("0.bias", bias),
        ("0.weight", first),
        ("2.bias", &[1]),
        ("2.weight", second),
    ];
    check("mlp:hidden=3", &sequential, Ok(&[1.0, 0.0, 3.0, 2.0]));
    let gap = [("layers.0.weight", first), ("layers.3.weight", second)];
    check("mlp:hidden=3,bias=false", &gap, Ok(&[0.0, 1.0]));
    let words = [("net.out.weight", second), ("net.hidden.weight", first)];
    check("mlp:hidden=3,bias=false", &words, Ok(&[1.0, 0.0]));
    // Ten comes after two.
    let square = &[2, 2][..];
    let numbers = [
        ("10.weight", square),
        ("2.weight", square),
        ("30.weight", &[1, 2]),
    ];
    check("mlp:hidden=2/2,bias=false", &numbers, Ok(&[1.0, 0.0, 2.0]));
    let normed = [
        ("0.weight", first),
        ("1.bias", bias),
        ("1.num_batches_tracked", &[]),
        ("1.running_mean", bias),
        ("1.running_var", bias),
        ("1.weight", bias),
        ("3.weight", second),
    ];
    check(
        "mlp:hidden=3,bias=false,norm=batch",
        &normed,
        Ok(&[0.0, 6.0, 5.0, 1.0]),
    );
}

#[test]
fn mismatching_tensors_are_named() {
    let square = &[2, 2][..];
    check(
        "mlp:hidden=2/2,bias=false",
        &[
            ("front.weight", square),
            ("back.weight", square),
            ("out.weight", &[1, 2]),
        ],
        Err(
            "`back.weight` and `front.weight` have one shape, and their names do not say which comes first; expected names like \
             layers.0.weight",
        ),
    );
    check(
        "mlp:hidden=2,bias=false",
        &[
            ("layers.0.weight", &[2, 3]),
            ("layers.1.weight", &[1, 2]),
            ("extra.weight", &[]),
        ],
        Err(
            "does not fit the network: `layers.0.weight` is 2 × 3, not 2 × 2, `extra.weight` (one number) is not of the network; \
             expected weights of the same layers",
        ),
    );
    check(
        "mlp:hidden=2,bias=false",
        &[],
        Err(
            "does not fit the network: `layers.0.weight` (2 × 2) is missing, `layers.1.weight` (1 × 2) is missing; expected weights \
             of the same layers",
        ),
    );
    let many: Vec<String> = (2..30)
        .map(|layer| format!("layers.{layer}.weight"))
        .collect();
    let mut many: Vec<(&str, &[usize])> = many.iter().map(|name| (&**name, &[7, 7][..])).collect();
    many.extend([("layers.0.weight", square), ("layers.1.weight", &[1, 2])]);
    let bytes = vec![0; 49 * 8];
    let views = many.iter().map(|(name, shape)| {
        let size = shape.iter().product::<usize>() * 8;
        (
            *name,
            TensorView::new(Dtype::F64, shape.to_vec(), &bytes[..size]).unwrap(),
        )
    });
    let file = serialize(views, None).unwrap();
    let sentence = read(&file, network("mlp:hidden=2,bias=false").layout().tensors()).unwrap_err();
    assert!(
        sentence.contains("`layers.9.weight` (7 × 7) is not of the network, and 20 more;"),
        "{sentence}"
    );
}

#[test]
fn numbers_of_other_types_are_refused_or_read() {
    let loss = network("mlp:hidden=,bias=false");
    let tensors = loss.layout().tensors();
    let file = |dtype, bytes: &[u8]| {
        let view = TensorView::new(dtype, vec![1, 2], bytes).unwrap();
        serialize([("weight", view)], None).unwrap()
    };
    let halves = [0x01, 0x3c, 0x01, 0x80];
    assert_eq!(
        read(&file(Dtype::F16, &halves), tensors),
        Ok(vec![1.0 + 1.0 / 1024.0, -(2.0_f64.powi(-24))])
    );
    let brain = [0x80, 0x3f, 0x49, 0xc0];
    assert_eq!(
        read(&file(Dtype::BF16, &brain), tensors),
        Ok(vec![1.0, -3.140_625])
    );
    for (file, expected) in [
        (
            file(Dtype::I16, &halves),
            "`weight` holds I16; expected F64, F32, F16 or BF16",
        ),
        (
            file(Dtype::F16, &[0x00, 0x7c, 0, 0]),
            "`weight` holds a number that is not finite; expected finite numbers",
        ),
    ] {
        assert_eq!(read(&file, tensors), Err(expected.to_owned()));
    }
}

#[test]
fn written_weights_read_back_to_the_same_bits() {
    let loss = network("mlp:hidden=4/3,norm=layer");
    let (tensors, theta) = (loss.layout().tensors(), loss.init_params(5));
    let mut file = Vec::new();
    write(&loss, &theta, &mut file).unwrap();
    assert_eq!(read(&file, tensors), Ok(theta));
    for length in 0..file.len() {
        let _ = read(&file[..length], tensors).unwrap_err();
    }
}

#[test]
fn batch_normalisations_keep_the_moments_of_the_data() {
    let loss = network("mlp:hidden=4/3,norm=batch");
    let (tensors, theta) = (loss.layout().tensors(), loss.init_params(5));
    let mut file = Vec::new();
    write(&loss, &theta, &mut file).unwrap();
    assert_eq!(read(&file, tensors), Ok(theta.clone()));
    let moments = loss.batch_norm_stats(&theta);
    assert_eq!(
        read_with_batch_norm_stats(&file, tensors),
        Ok((theta.clone(), moments))
    );
    let file = SafeTensors::deserialize(&file).unwrap();
    let tracked = file.tensor("norms.1.num_batches_tracked").unwrap();
    assert_eq!((tracked.dtype(), tracked.shape()), (Dtype::I64, &[][..]));
    let bare = network("mlp:hidden=4/3,norm=layer");
    let mut file = Vec::new();
    write(&bare, &theta, &mut file).unwrap();
    assert_eq!(
        read_with_batch_norm_stats(&file, tensors).unwrap_err(),
        "does not fit the network: `norms.0.running_mean` (4 numbers) is missing, `norms.0.running_var` (4 numbers) is missing, \
         `norms.1.running_mean` (3 numbers) is missing, `norms.1.running_var` (3 numbers) is missing; expected weights of the same \
         layers"
    );
}
