//! Tests of text fields: a value is applied on Enter or when the field is left; an invalid one changes nothing.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::{NetworkScene, Scene};

fn network() -> Window {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: "mlp:hidden=2".parse().unwrap(),
        data: "moons:samples=8".parse().unwrap(),
        ..NetworkScene::default()
    });
    scene.add_run("adam:lr=0.1".parse().unwrap());
    scene.training.steps = 20;
    Window::on(scene)
}

fn formula() -> Window {
    let mut scene = Scene::new("formula:f=x^2+y^2".parse().unwrap());
    scene.add_run("sgd:lr=0.1@multi-step".parse().unwrap());
    Window::on(scene)
}

/// Replaces the text of a field key by key; calls `between` after each key.
pub(super) fn type_into(
    window: &mut Window,
    (role, name): (Role, &str),
    text: &str,
    between: impl Fn(&mut Window),
) {
    // Focusing scrolls to the field, as Tab does.
    window.harness.get_by_role_and_label(role, name).focus();
    window.harness.run_steps(2);
    window.press_with(Modifiers::COMMAND, Key::A);
    window.press(Key::Backspace);
    between(window);
    for letter in text.chars() {
        window.harness.event(egui::Event::Text(letter.to_string()));
        window.harness.run_steps(2);
        between(window);
    }
}

const HIDDEN: (Role, &str) = (Role::TextInput, "hidden");

fn model(window: &mut Window) -> String {
    let network = window.app().scene().network();
    network.unwrap().model.to_string()
}

#[test]
fn enter_applies_a_list() {
    let mut window = network();
    let same = |window: &mut Window| assert_eq!(model(window), "mlp:hidden=2");
    type_into(&mut window, HIDDEN, "32/8", same);
    assert!(window.has_value(HIDDEN.0, HIDDEN.1, "32/8"));
    window.press(Key::Enter);
    assert_eq!(model(&mut window), "mlp:hidden=32/8");
    assert!(!window.says("cannot be"));
}

#[test]
fn leaving_a_field_applies_its_list() {
    let mut window = network();
    type_into(&mut window, HIDDEN, "4/3/2", |_| {});
    window.press(Key::Tab);
    assert_eq!(model(&mut window), "mlp:hidden=4/3/2");
    type_into(&mut window, HIDDEN, "5", |_| {});
    let place = window.place("Chart of loss").center();
    window.drag(place, place);
    assert_eq!(model(&mut window), "mlp:hidden=5", "a click elsewhere");
    type_into(&mut window, HIDDEN, "6", |_| {});
    window.click(Role::Button, "Landscape");
    window.click(Role::Button, "Network");
    assert_eq!(
        model(&mut window),
        "mlp:hidden=6",
        "a click that turns the scene"
    );
}

#[test]
fn escape_restores_the_value() {
    let mut window = network();
    type_into(&mut window, HIDDEN, "7/7", |_| {});
    window.press(Key::Escape);
    window.harness.run_steps(3);
    assert_eq!(model(&mut window), "mlp:hidden=2");
    assert!(window.has_value(HIDDEN.0, HIDDEN.1, "2"));
    type_into(&mut window, (Role::SpinButton, "steps"), "777", |_| {});
    window.press(Key::Escape);
    window.harness.run_steps(3);
    assert_eq!(window.app().scene().training.steps, 20);
}

#[test]
fn an_illegal_list_is_refused_below_its_field() {
    let mut window = network();
    type_into(&mut window, HIDDEN, "8/x", |_| {});
    window.press(Key::Enter);
    window.settle();
    let sentence = "`hidden` cannot be `8/x`; expected `none`, or whole numbers";
    assert!(window.says(sentence));
    assert!(
        window.has_value(HIDDEN.0, HIDDEN.1, "8/x"),
        "kept to be mended"
    );
    assert_eq!(model(&mut window), "mlp:hidden=2");
    type_into(&mut window, HIDDEN, "8/", |_| {});
    assert!(window.says("`hidden` cannot be `8/`"), "unfinished");
    window.harness.event(egui::Event::Text("4".to_owned()));
    window.press(Key::Enter);
    assert_eq!(model(&mut window), "mlp:hidden=8/4");
    assert!(!window.says("cannot be"));
}

#[test]
fn numbers_are_applied_when_complete_and_illegal_ones_refused() {
    let mut window = network();
    let steps = |window: &mut Window| window.app().scene().training.steps;
    let same = |window: &mut Window| assert_eq!(window.app().scene().training.steps, 20);
    let field = (Role::SpinButton, "steps");
    type_into(&mut window, field, "1e2", same);
    window.press(Key::Enter);
    assert_eq!(steps(&mut window), 100);
    for bad in ["12x", "-3", "1.5"] {
        type_into(&mut window, field, bad, |_| {});
        window.press(Key::Enter);
        window.harness.run_steps(3);
        assert!(window.says(&format!("`steps` cannot be `{bad}`")), "{bad}");
        assert_eq!(steps(&mut window), 100, "{bad}");
    }
    type_into(&mut window, field, "30", |_| {});
    window.press(Key::Tab);
    window.harness.run_steps(3);
    assert_eq!(steps(&mut window), 30);
    assert!(!window.says("cannot be"));
}

#[test]
fn leaving_a_number_does_not_round_it() {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    scene.add_run("sgd:lr=0.00123456789".parse().unwrap());
    let mut window = Window::on(scene);
    window.click(Role::Button, "settings of SGD");
    window.click(Role::SpinButton, "lr");
    window.press(Key::Tab);
    window.harness.run_steps(3);
    let spec = window.app().scene().runs[0].spec.to_string();
    assert_eq!(spec, "sgd:lr=0.00123456789");
}

#[test]
fn a_formula_is_applied_when_complete_and_an_invalid_one_changes_nothing() {
    let mut window = formula();
    let spec = |window: &mut Window| window.app().scene().landscape().to_string();
    let before = spec(&mut window);
    let field = (Role::TextInput, "f");
    type_into(&mut window, field, "x^4+y^2", |window| {
        assert_eq!(window.app().scene().landscape().to_string(), before);
    });
    window.press(Key::Enter);
    assert_eq!(spec(&mut window), "formula:f=\"x^4+y^2\"");
    window.settle();
    type_into(&mut window, field, "x^4+", |_| {});
    window.press(Key::Tab);
    window.settle();
    assert!(window.says("expected"));
    assert_eq!(spec(&mut window), "formula:f=\"x^4+y^2\"");
    assert!(window.app().runs().is_some());
}

#[test]
fn fields_of_schedules_names_starts_and_sweeps_apply_complete_values() {
    let mut window = formula();
    window.click(Role::Button, "settings of SGD");
    let run = |window: &mut Window| window.app().scene().runs[0].clone();
    let before = run(&mut window).spec.to_string();
    type_into(
        &mut window,
        (Role::TextInput, "milestones"),
        "10/20",
        |window| {
            assert_eq!(window.app().scene().runs[0].spec.to_string(), before);
        },
    );
    window.press(Key::Enter);
    assert!(
        run(&mut window)
            .spec
            .to_string()
            .contains("milestones=10/20")
    );
    type_into(&mut window, (Role::TextInput, "name"), "mine", |window| {
        assert_eq!(window.app().scene().runs[0].name, "");
    });
    window.press(Key::Enter);
    assert_eq!(run(&mut window).name, "mine");
    let start = window.app().scene().start();
    type_into(
        &mut window,
        (Role::SpinButton, "start x"),
        "-1.25",
        |window| {
            assert_eq!(window.app().scene().start(), start);
        },
    );
    window.press(Key::Enter);
    assert_eq!(window.app().scene().start(), [-1.25, start[1]]);
    type_into(&mut window, (Role::SpinButton, "start y"), "nan", |_| {});
    window.press(Key::Enter);
    window.harness.run_steps(2);
    assert_eq!(window.app().scene().start(), [-1.25, start[1]]);
    assert!(window.says("`nan` is no finite number"));
    window.press(Key::Escape);
    window.harness.run_steps(8);
    window.press(Key::W);
    window.settle();
    let over = (Role::TextInput, "Setting of the sweep");
    type_into(&mut window, over, "lr=1e-3..", |_| {});
    assert!(window.says("lr=1e-3.."), "refused where it stands");
    for letter in "1:log:5".chars() {
        window.harness.event(egui::Event::Text(letter.to_string()));
        window.harness.run_steps(1);
    }
    window.press(Key::Enter);
    window.settle();
    assert!(window.has("Sweep: click takes the settings over"));
}

#[test]
fn a_refused_formula_keeps_the_focus_so_that_typing_corrects_it() {
    let mut window = formula();
    type_into(&mut window, (Role::TextInput, "f"), "x^2+10*sin(y", |_| {});
    window.press(Key::Enter);
    window.harness.run_steps(3);
    let field = window.harness.get_by_role_and_label(Role::TextInput, "f");
    assert!(field.is_focused());
    window.harness.event(egui::Event::Text(")".to_owned()));
    window.harness.run_steps(2);
    window.press(Key::Enter);
    let landscape = window.app().scene().landscape().to_string();
    assert!(landscape.contains("x^2+10*sin(y)"), "{landscape}");
}

#[test]
fn a_start_outside_of_the_domain_is_refused_with_its_range() {
    let mut window = Window::on(Scene::new("himmelblau".parse().unwrap()));
    let before = window.app().scene().start();
    type_into(&mut window, (Role::SpinButton, "start x"), "1e9", |_| {});
    window.press(Key::Enter);
    window.harness.run_steps(3);
    assert_eq!(window.app().scene().start(), before);
    assert!(window.says("`1e9` is out of range: start x is"));
}

#[test]
fn a_refused_formula_offers_the_last_legal_one() {
    let mut window = formula();
    let field = (Role::TextInput, "f");
    type_into(&mut window, field, "x^2+", |_| {});
    window.press(Key::Tab);
    window.settle();
    window.reveal(Role::Button, "Use x^2+y^2");
    window.click(Role::Button, "Use x^2+y^2");
    window.settle();
    assert!(window.has_value(Role::TextInput, "f", "x^2+y^2"));
    let landscape = window.app().scene().landscape().to_string();
    assert_eq!(landscape, "formula:f=\"x^2+y^2\"");
}

#[test]
fn a_refused_number_keeps_the_focus_so_that_typing_corrects_it() {
    let mut window = Window::opening();
    let shown = |window: &mut Window| {
        let runs = &window.app().scene().runs;
        runs.iter().filter(|run| run.shown).count()
    };
    let before = shown(&mut window);
    for (field, rest) in [("start x", "-1"), ("steps", "1"), ("seed", "0")] {
        type_into(&mut window, (Role::SpinButton, field), "1e", |_| {});
        window.press(Key::Enter);
        window.harness.run_steps(3);
        assert!(window.says("`1e`"), "{field}");
        window.harness.event(egui::Event::Text(rest.to_owned()));
        window.press(Key::Num1);
        window.press(Key::Enter);
        window.harness.run_steps(3);
        assert!(!window.says("`1e"), "{field}");
        assert_eq!(shown(&mut window), before, "{field}: no run was unticked");
    }
    let scene = window.app().scene();
    let seed = scene.training.seed;
    assert_eq!((scene.start()[0], scene.training.steps, seed), (0.1, 10, 1));
}
