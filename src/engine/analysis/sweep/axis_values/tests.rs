//! Tests of the values of an axis.

use super::super::tests::specs_of;
use super::super::{grids, swept_runs};
use super::*;

fn texts(over: &str, spec: &str) -> Vec<String> {
    let grid = AxisValues::new(&over.parse().unwrap(), &spec.parse().unwrap()).unwrap();
    (0..grid.len()).map(|index| grid.text(index)).collect()
}

#[test]
fn axis_values_match_their_text() {
    for (over, spec, expected) in [
        ("lr=1e-4..1:log:5", "sgd", "0.0001 0.001 0.01 0.1 1"),
        ("lr=1e-4..1:5", "sgd", "0.0001 0.001 0.01 0.1 1"),
        ("lr=0..1:5", "sgd", "0 0.25 0.5 0.75 1"),
        ("lr=0.1..0.4:linear:4", "adam", "0.1 0.2 0.3 0.4"),
        ("beta1=0.99, 0.5,0.9", "adam", "0.5 0.9 0.99"),
        ("nesterov", "sgd", "false true"),
        ("nesterov=true,false", "sgd", "true false"),
        ("line_search", "lbfgs", "none strong_wolfe"),
        ("history_size=1..5", "lbfgs", "1 2 3 4 5"),
        ("history_size=1..100:log:7", "lbfgs", "1 2 5 10 22 46 100"),
        ("max_eval=auto,5", "lbfgs", "auto 5"),
        (
            "cosine.t_max=10..1000:log:3",
            "sgd@warmup>cosine",
            "10 100 1000",
        ),
        ("schedule.steps=5,10", "sgd@warmup>cosine", "5 10"),
        ("sam.rho=0.1,0.2", "sgd+ema+sam", "0.1 0.2"),
    ] {
        assert_eq!(texts(over, spec).join(" "), expected, "{over}");
    }
    let usual = AxisValues::new(&"lr".parse().unwrap(), &"adam".parse().unwrap()).unwrap();
    assert_eq!((usual.len(), usual.scale()), (100, Some(Scale::log)));
    assert_eq!(
        (usual.text(0), usual.text(99)),
        ("1e-5".to_owned(), "1".to_owned())
    );
    assert!(usual.is_even() && usual.is_lr());
    let applied = usual.apply(&"adam:beta1=0.5".parse().unwrap(), 99);
    assert_eq!(applied.to_string(), "adam:lr=1,beta1=0.5");
    assert_eq!(
        usual.current(&"adam".parse().unwrap()),
        Some(Value::Real(1e-3))
    );
    let list = AxisValues::new(&"lr=1,2,10".parse().unwrap(), &"sgd".parse().unwrap()).unwrap();
    assert!(!list.is_even());
}

#[test]
fn axes_parse_their_own_text() {
    for text in [
        "lr=0.0001..1:log:200",
        "lr=0..1",
        "beta1=0.5,0.9",
        "nesterov",
        "cosine.t_max=10..20:linear",
    ] {
        assert_eq!(text.parse::<SweepAxis>().unwrap().to_string(), text);
    }
}

#[test]
fn wrong_axes_are_refused() {
    for (over, expected) in [
        (
            "",
            "`` has no setting or no values; expected a setting with its values",
        ),
        ("=1..2", "`=1..2` has no setting or no values"),
        ("lr=", "`lr=` has no setting or no values"),
        (
            "lr=1..x",
            "`lr=1..x` runs to or from `x`; expected two numbers",
        ),
        ("lr=1..inf", "`lr=1..inf` runs to or from `inf`"),
        (
            "lr=1..0.1",
            "`lr=1..0.1` is an empty range; expected its low end first",
        ),
        (
            "lr=0..1:log",
            "`lr=0..1:log` begins at 0, which has no logarithm",
        ),
        (
            "lr=1..2:1",
            "`lr=1..2:1` cannot be `1`; expected log or linear, and 2 to 10000 values",
        ),
        ("lr=1..2:10001", "cannot be `10001`"),
        ("lr=1..2:log:log", "cannot be `log`"),
        ("lr=1..2:lin", "cannot be `lin`"),
        ("lr=0.1", "`lr=0.1` has 1 value; expected 2 to 10000"),
        ("lr=0.1,0.1", "`lr=0.1,0.1` has 0.1 twice; expected it once"),
        (
            "lr=-1..1",
            "`lr` cannot be `-1`; expected a number in [0, ∞)",
        ),
        (
            "lr=0.1,x",
            "`lr` cannot be `x`; expected a number in [0, ∞)",
        ),
        (
            "beta1=0..1",
            "`beta1` cannot be `1`; expected a number in [0, 1)",
        ),
        (
            "size=0..1",
            "`adam` has no setting `size`; expected one of ",
        ),
        (
            "beta=0..1",
            "`adam` has no setting `beta`; did you mean `beta1`?",
        ),
        (
            "amsgrad=0..1",
            "`amsgrad` cannot be `0..1`; expected true or false, or several of these joined by `,`",
        ),
        (
            "cosine.t_max=1..2",
            "unknown schedule `cosine`; valid: constant",
        ),
        ("constant.t_max=1..2", "`constant` has no setting `t_max`"),
    ] {
        let refused = over
            .parse::<SweepAxis>()
            .and_then(|over| swept_runs(&specs_of(&["adam"]), &over))
            .unwrap_err()
            .to_string();
        assert!(refused.contains(expected), "{over}: {refused}");
        assert!(!refused.contains('\n'), "{refused}");
    }
}

#[test]
fn settings_that_no_run_has_are_refused() {
    let over: SweepAxis = "max_eval".parse().unwrap();
    assert_eq!(
        swept_runs(&specs_of(&["lbfgs"]), &over)
            .unwrap_err()
            .to_string(),
        "`max_eval` cannot be swept over as it is; expected a range of it, like max_eval=1..10"
    );
    let over: SweepAxis = "betta2=0.5,0.6".parse().unwrap();
    let refused = swept_runs(&specs_of(&["adam", "sgd", "adam"]), &over).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("`adam, sgd` has no setting `betta2`; did you mean `beta2`?"),
        "{refused}"
    );
    assert!(
        swept_runs(&[], &over)
            .unwrap_err()
            .to_string()
            .contains("no run")
    );
    let spec: RunSpec = "sgd".parse().unwrap();
    let [x, y] = ["lr=1..2:1001", "lr=1..2:1000"].map(|over| over.parse::<SweepAxis>().unwrap());
    assert!(
        grids(&spec, [&x, &y])
            .unwrap_err()
            .to_string()
            .contains("swept over twice")
    );
    let y = "momentum=0..0.9:1000".parse().unwrap();
    assert!(
        grids(&spec, [&x, &y])
            .unwrap_err()
            .to_string()
            .contains("at most 1000000 pairs")
    );
}
