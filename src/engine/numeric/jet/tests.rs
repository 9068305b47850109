use super::*;

/// Compares a jet's derivatives with central differences of its lower orders.
fn check(name: &str, at: [f64; 2], f: impl Fn(Jet2, Jet2) -> Jet2, g: impl Fn(Jet1, Jet1) -> Jet1) {
    let jet = |p: [f64; 2]| {
        let [x, y] = Jet2::variables(p);
        f(x, y)
    };
    let h = 1e-5;
    let shifted = |axis: usize, by: f64| {
        let mut p = at;
        p[axis] += by;
        jet(p)
    };
    let exact = jet(at);
    for axis in 0..2 {
        let (up, down) = (shifted(axis, h), shifted(axis, -h));
        let difference = (up.value - down.value) / (2.0 * h);
        assert!(
            (exact.gradient()[axis] - difference).abs() < 1e-7 * (1.0 + difference.abs()),
            "{name}: gradient {axis}"
        );
        for other in 0..2 {
            let difference = (up.gradient()[other] - down.gradient()[other]) / (2.0 * h);
            let entry = exact.hessian()[axis + other];
            assert!(
                (entry - difference).abs() < 1e-7 * (1.0 + difference.abs()),
                "{name}: Hessian {axis}{other}"
            );
        }
    }
    let [x, y] = Jet1::variables(at);
    let first = g(x, y);
    assert_eq!(
        (first.value, first.gradient()),
        (exact.value, exact.gradient()),
        "{name}: the two jets differ"
    );
}

macro_rules! checks {
    ($($name:literal: |$x:ident, $y:ident| $body:expr;)*) => {
        $(check($name, [0.7, 1.3], |$x: Jet2, $y: Jet2| $body, |$x: Jet1, $y: Jet1| $body);)*
    };
}

#[test]
fn derivatives_match_central_differences() {
    checks! {
        "arithmetic": |x, y| (x * y - x / y + 3.0) * (-x + 2.0) / (y + x * 0.5);
        "trigonometry": |x, y| (x * y).sin() + (x - y).cos() * (x * 0.3).tan();
        "exponentials": |x, y| (x * y).exp() + (x - y).sinh() * (x + y).cosh() + (x + y).ln() * (y * 2.0).log10() + (x * y).tanh();
        "powers": |x, y| (x * y).sqrt() + x.powi(3) * y.powi(-2) + y.powf(1.7) + x.pow(y);
        "kinks": |x, y| (x - y).abs() + x.min(y) * 2.0 + (x * x).max(y * 0.1);
    }
}

#[test]
fn derivatives_at_kinks_match_autograd() {
    let [x, y] = Jet2::variables([0.0, 0.0]);
    let norm = (x * x + y * y).sqrt();
    assert_eq!(
        (norm.value, norm.gradient(), norm.hessian()),
        (0.0, [0.0; 2], [0.0; 3])
    );
    assert_eq!(x.abs().gradient(), [0.0; 2]);
    assert_eq!(x.max(y).gradient(), [0.5, 0.5]);
    assert_eq!(x.powf(2.0).hessian(), [2.0, 0.0, 0.0]);
    assert_eq!(x.powi(1).gradient(), [1.0, 0.0]);
}
