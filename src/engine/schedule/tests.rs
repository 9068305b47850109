//! Tests of schedules and chains of schedules.

use super::*;

fn check(plan: &str, steps: u64, expected: &[(u64, f64)]) {
    let plan: ScheduleChain = plan.parse().unwrap();
    for &(step, lr) in expected {
        let found = plan.rates(0.1, step, steps).lr;
        assert!(
            (found - lr).abs() <= 1e-8 * lr,
            "{plan} at {step}: {found}, expected {lr}"
        );
    }
}

#[test]
fn rates_match_published_values() {
    check(
        "cosine:t_max=30",
        30,
        &[
            (0, 0.1),
            (1, 0.099_726_095),
            (5, 0.093_301_27),
            (29, 0.000_273_905_23),
        ],
    );
    check(
        "one-cycle:total_steps=30",
        30,
        &[
            (0, 0.004),
            (1, 0.007_653_782_4),
            (10, 0.097_778_649),
            (29, 4e-7),
        ],
    );
}

#[test]
fn auto_lengths_are_the_length_of_the_run() {
    check("cosine", 40, &[(20, 0.05)]);
    check(
        "warmup:steps=10>cosine",
        30,
        &[(0, 0.0), (5, 0.05), (10, 0.1), (20, 0.05)],
    );
    check(
        "one-cycle",
        30,
        &[(10, 0.097_778_649), (29, 4e-7), (500, 4e-7)],
    );
}

#[test]
fn a_chain_needs_lengths_before_its_last_schedule() {
    let refused = |text: &str| text.parse::<ScheduleChain>().unwrap_err().to_string();
    assert!(refused("").contains("no schedule after `@`"));
    assert!(refused("warmup>").contains("unknown schedule"));
    assert_eq!(
        refused("cosine>constant"),
        "schedule `cosine` has no end before `>`; expected its length, like cosine:t_max=100"
    );
    assert!(refused("exponential>constant").ends_with("like exponential:steps=100"));
    check(
        "constant:steps=5>exponential:gamma=0.5",
        10,
        &[(4, 0.1), (5, 0.1), (7, 0.025)],
    );
}

#[test]
fn every_schedule_is_finite_at_every_step() {
    for any in AnySchedule::all() {
        for step in [0, 1, 7, 1000, 999_999, u64::MAX / 4] {
            for total_steps in [1, 2, 1_000_000] {
                let rates = any.as_dyn().rates(0.1, step, total_steps);
                assert!(
                    rates.lr.is_finite() && rates.lr >= 0.0,
                    "{any} at {step} of {total_steps}: {rates:?}"
                );
            }
        }
    }
}

#[test]
fn momentum_keeps_the_last_value_of_a_cycle() {
    let momentum = |plan: &str, step: u64| {
        let plan: ScheduleChain = plan.parse().unwrap();
        let rates = plan.rates(0.1, step, 100);
        assert_eq!(
            ScheduleState::new(&plan, 0.1, 100).rates(step, f64::NAN),
            rates
        );
        rates.momentum
    };
    let after = "constant:steps=5>one-cycle:total_steps=20>warmup:steps=10>cosine";
    assert_eq!(momentum(after, 4), None, "the optimizer's own, before");
    assert_eq!(momentum(after, 24), Some(0.95));
    assert_eq!(
        [25, 40, 99].map(|step| momentum(after, step)),
        [Some(0.95); 3]
    );
    let broken_off =
        "cyclic:step_size_up=10,steps=11>one-cycle:total_steps=9,cycle_momentum=false>constant";
    assert_eq!(
        [10, 11, 99].map(|step| momentum(broken_off, step)),
        [Some(0.8); 3]
    );
}

#[test]
fn a_factor_without_steps_stays_and_a_zero_factor_is_refused() {
    check(
        "constant-factor:factor=0.4,total_iters=0",
        10,
        &[(0, 0.04), (9, 0.04), (1000, 0.04)],
    );
    let refused = "constant-factor:factor=0"
        .parse::<ScheduleChain>()
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("factor") && refused.contains("(0, 1]"),
        "{refused}"
    );
}

#[test]
fn a_relative_threshold_never_cuts_on_negative_losses() {
    let last = |spec: &str| {
        let plan: ScheduleChain = spec.parse().unwrap();
        let mut schedule_state = ScheduleState::new(&plan, 0.1, 100);
        (0..100)
            .map(|step| schedule_state.rates(step, -5.0).lr)
            .last()
            .unwrap()
    };
    assert_eq!(last("plateau:patience=2"), 0.1);
    assert!(last("plateau:patience=2,threshold_mode=abs") < 0.02);
}
