//! Tests of sampled surfaces.

use super::*;
use crate::engine::files::NoFiles;
use crate::engine::landscape::AnyLandscape;

fn sample(threads: usize, cancel: &Cancel) -> Option<Surface> {
    let problem = "ackley"
        .parse::<AnyLandscape>()
        .unwrap()
        .as_dyn()
        .load(&NoFiles)
        .unwrap();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        Surface::sample(
            &*problem.objective,
            &Plane::identity(),
            problem.view,
            65,
            33,
            cancel,
        )
    })
}

#[test]
fn a_cancelled_surface_has_nan_where_nothing_was_computed() {
    let landscape = "booth".parse::<AnyLandscape>().unwrap();
    let problem = landscape.as_dyn().load(&NoFiles).unwrap();
    let cancel = Cancel::default();
    let done = AtomicUsize::new(0);
    let sample = |cancel: &Cancel| {
        let plane = Plane::identity();
        Surface::sample_so_far(
            &*problem.objective,
            &plane,
            problem.view,
            [9, 17],
            cancel,
            &done,
        )
    };
    assert!(sample(&cancel).values.iter().all(|value| value.is_finite()));
    assert_eq!(done.load(Ordering::Relaxed), 17);
    cancel.cancel();
    assert!(sample(&cancel).values.iter().all(|value| value.is_nan()));
    assert_eq!(done.load(Ordering::Relaxed), 17);
}

#[test]
fn values_do_not_depend_on_the_number_of_threads() {
    let bits = |surface: Surface| {
        surface
            .values
            .into_iter()
            .map(f64::to_bits)
            .collect::<Vec<_>>()
    };
    let one = bits(sample(1, &Cancel::default()).unwrap());
    for threads in [2, 8] {
        assert_eq!(bits(sample(threads, &Cancel::default()).unwrap()), one);
    }
}

#[test]
fn the_grid_includes_the_border_and_the_minimum() {
    let surface = sample(2, &Cancel::default()).unwrap();
    assert_eq!(surface.point(0.0, 0.0), [-5.0, -5.0]);
    assert_eq!(surface.point(64.0, 32.0), [5.0, 5.0]);
    assert_eq!(
        surface.values[16 * 65 + 32],
        surface.range().unwrap()[0],
        "the minimum is in the middle"
    );
    assert!(surface.quantile(0.5).unwrap() < surface.range().unwrap()[1]);
}

#[test]
fn heights_between_points_are_interpolated() {
    let surface = Surface {
        view: Rect::new([0.0, 2.0], [10.0, 11.0]).unwrap(),
        columns: 3,
        rows: 2,
        values: vec![0.0, 1.0, 2.0, 10.0, 11.0, f64::INFINITY],
    };
    assert_eq!(surface.height([0.5, 10.0]), Some(0.5));
    assert_eq!(surface.height([0.5, 10.25]), Some(3.0));
    assert_eq!(surface.height([0.5, 11.0]), Some(10.5));
    for at in [[1.5, 10.5], [2.1, 10.0], [f64::NAN, 10.0]] {
        assert_eq!(surface.height(at), None, "{at:?}");
    }
}

#[test]
fn cancelled_sampling_is_none() {
    let cancel = Cancel::default();
    cancel.cancel();
    assert_eq!(sample(2, &cancel), None);
}

#[test]
fn values_do_not_depend_on_the_points_of_a_call() {
    let (x, y) = ([0.0, 1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    let cancel = Cancel::default();
    let expected: Vec<f64> = y.iter().flat_map(|y| x.map(|x| x + y)).collect();
    for points in [1, 2, 5, 7, 100] {
        let done = AtomicUsize::new(0);
        let calls = Calls {
            points: AtomicUsize::new(points),
            cancel: &cancel,
            done: &done,
        };
        let mut values = [f64::NAN; 15];
        let filled = calls.fill(&x, &y, &mut values, |x, y, values| {
            let sums = y.iter().flat_map(|y| x.iter().map(move |x| x + y));
            assert_eq!(values.len(), x.len() * y.len());
            values
                .iter_mut()
                .zip(sums)
                .for_each(|(value, sum)| *value = sum);
        });
        assert_eq!((filled, done.into_inner()), (Some(()), 3));
        assert_eq!(values[..], expected[..], "{points}");
    }
}

#[test]
fn long_calls_get_fewer_points_and_short_ones_more() {
    let (cancel, done) = (Cancel::default(), AtomicUsize::new(0));
    let calls = Calls {
        points: AtomicUsize::new(8),
        cancel: &cancel,
        done: &done,
    };
    calls.adapt(8, Duration::from_secs(2));
    assert_eq!(calls.points.load(Ordering::Relaxed), 4);
    calls.adapt(4, Duration::from_millis(300));
    assert_eq!(calls.points.load(Ordering::Relaxed), 4);
    calls.adapt(4, Duration::ZERO);
    assert_eq!(calls.points.load(Ordering::Relaxed), 8);
}
