//! Tests of the panels: landscape, settings, optimizers, schedules, undo.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::declare::Settings;
use ravine::engine::landscape::AnyLandscape;
use ravine::engine::optimizer::AnyOptimizer;
use ravine::engine::scene::Scene;
use ravine::engine::schedule::AnySchedule;
use ravine::engine::wrapper::AnyWrapper;

#[test]
fn a_slider_recomputes_its_run_in_the_same_frame() {
    let mut window = Window::opening();
    // A long frame budget, since the machine may be busy.
    window.app().frame_budget = std::time::Duration::from_mins(1);
    window.click(Role::Button, "settings of Momentum");
    window
        .harness
        .get_by_role_and_label(Role::Slider, "momentum")
        .set_value_accesskit(0.5);
    window.harness.step();
    let spec = window.app().scene().runs[1].spec.to_string();
    assert_eq!(spec, "sgd:lr=0.001,momentum=0.5");
    let runs = window.app().runs().expect("runs");
    assert_eq!(runs.scene.runs[1].spec.to_string(), spec, "no frame later");
}

#[test]
fn undo_and_redo_step_through_edits() {
    let mut window = Window::opening();
    window.press(Key::Num1);
    window.harness.run_steps(90);
    assert!(!window.app().scene().runs[0].shown);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert!(window.app().scene().runs[0].shown, "undone");
    window.press_with(Modifiers::COMMAND, Key::Y);
    assert!(!window.app().scene().runs[0].shown, "redone");
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert!(window.app().scene().runs[0].shown, "undone");
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(
        !window.app().scene().runs[0].shown,
        "redone by the other key"
    );
}

#[test]
fn a_digit_with_shift_is_no_shortcut() {
    let mut window = Window::opening();
    window.press_with(Modifiers::SHIFT, Key::Num2);
    assert!(window.app().scene().runs[1].shown);
    window.press(Key::Num2);
    assert!(!window.app().scene().runs[1].shown);
}

#[test]
fn every_landscape_can_be_chosen_and_draws() {
    let mut window = Window::opening();
    for landscape in AnyLandscape::all() {
        let title = landscape.settings().title();
        window.click(Role::ComboBox, "Landscape");
        // The gallery scrolls, and a search shows one that is further down.
        let search = window
            .harness
            .get_by_role_and_label(Role::TextInput, "Search");
        search.set_text_value_accesskit(title);
        window.harness.run_steps(2);
        window.click(Role::Button, title);
        window.settle();
        assert!(!window.has("Search"), "the gallery closes");
        assert_eq!(window.app().scene().landscape().name(), landscape.name());
        let runs = window.app().runs().expect("runs");
        assert_eq!(runs.scene.landscape().name(), landscape.name());
    }
}

#[test]
fn every_setting_of_every_optimizer_and_schedule_has_its_control() {
    // Each schedule is combined with some optimizer.
    let schedules = AnySchedule::all().into_iter().cycle();
    for (optimizer, schedule) in AnyOptimizer::all().into_iter().zip(schedules) {
        let mut scene = Scene::opening();
        scene.runs.clear();
        scene.add_run(format!("{optimizer}@{schedule}").parse().expect("a spec"));
        let name = scene.run_names().swap_remove(0);
        let mut window = Window::on(scene);
        window.click(Role::Button, &format!("settings of {name}"));
        let settings = [optimizer.settings(), schedule.settings()];
        for param in settings.iter().flat_map(|settings| settings.params()) {
            let name = param.name;
            assert!(window.has(name), "{optimizer}@{schedule}: {name}");
        }
    }
}

#[test]
fn optimizers_are_added_duplicated_and_removed() {
    let mut window = Window::opening();
    window.click(Role::Button, "+ Add");
    window.reveal(Role::Button, "Newton");
    window.click(Role::Button, "Newton");
    assert_eq!(window.app().scene().runs.len(), 7);
    assert_eq!(window.app().scene().runs[6].spec.to_string(), "newton:lr=1");
    window.click(Role::Button, "menu of SGD");
    window.click(Role::Button, "Duplicate");
    assert_eq!(window.app().scene().runs.len(), 8);
    window.reveal(Role::Button, "menu of Momentum");
    window.click(Role::Button, "menu of Momentum");
    window.click(Role::Button, "Remove");
    let names = window.app().scene().run_names();
    assert_eq!(names.len(), 7);
    assert!(!names.contains(&"Momentum".to_owned()));
}

#[test]
fn a_scene_without_optimizers_shows_a_hint() {
    let mut scene = Scene::opening();
    scene.runs.clear();
    let window = Window::on(scene);
    assert!(window.says("No optimizer yet"));
}

#[test]
fn a_formula_that_does_not_parse_is_refused_and_the_next_one_draws() {
    let mut scene = Scene::new("formula:f=x^2+".parse().expect("a spec"));
    scene.add_run("sgd:lr=0.1".parse().expect("a spec"));
    let mut window = Window::on(scene);
    assert!(window.says("expected"), "the refusal is shown");
    let label = window.harness.get_by_role_and_label(Role::TextInput, "f");
    label.set_text_value_accesskit("x^2+y^2");
    window.settle();
    let formula = window.app().scene().landscape().to_string();
    assert!(!window.says("expected"), "{formula}");
    assert!(window.app().runs().is_some());
}

#[test]
fn divergence_is_shown_with_its_step() {
    let mut scene = Scene::new("quadratic:a=1,b=100".parse().expect("a spec"));
    scene.add_run("sgd:lr=1".parse().expect("a spec"));
    let mut window = Window::on(scene);
    window.press(Key::End);
    assert!(window.says("diverged"));
}

#[test]
fn light_and_dark_and_the_keyboard_shortcuts() {
    let mut window = Window::opening();
    window.press_with(Modifiers::COMMAND, Key::D);
    assert_eq!(window.harness.ctx.theme(), egui::Theme::Dark);
    window.press(Key::F1);
    assert!(window.has("Keyboard shortcuts") && window.has("places the start"));
    window.click(Role::Button, "Close");
    assert!(!window.has("places the start"));
}

#[test]
fn a_run_of_a_million_steps_does_not_block_the_window() {
    let mut scene = Scene::opening();
    scene.training.steps = 1_000_000;
    scene.training.noise = 0.1;
    scene.runs.truncate(2);
    let mut window = Window::on(scene);
    let width = window.map().width();
    window.press(Key::End);
    window.harness.run_steps(30);
    assert_eq!(window.map().width(), width, "the panels keep their width");
    let runs = window.app().runs().expect("runs");
    assert!(
        runs.results
            .iter()
            .all(|result| result.outline.len() < 6000)
    );
}

#[test]
fn edits_at_different_times_are_undone_separately() {
    let mut window = Window::opening();
    for (key, shown) in [(Key::Num1, [false, true]), (Key::Num2, [false, false])] {
        window.press(key);
        let runs = &window.app().scene().runs;
        assert_eq!([runs[0].shown, runs[1].shown], shown);
        // Nothing moves, so the window is not redrawn for a while.
        window.harness.input_mut().time = window.harness.input().time.map(|time| time + 3.0);
    }
    window.press_with(Modifiers::COMMAND, Key::Z);
    let runs = &window.app().scene().runs;
    assert_eq!(
        [runs[0].shown, runs[1].shown],
        [false, true],
        "only the last edit"
    );
}

#[test]
fn wrappers_are_added_and_removed() {
    let mut window = Window::opening();
    window.click(Role::Button, "settings of Momentum");
    window.reveal(Role::Button, "+ Wrapper");
    window.click(Role::Button, "+ Wrapper");
    window.click(Role::Button, "SAM");
    let spec = |window: &mut Window| window.app().scene().runs[1].spec.to_string();
    assert_eq!(spec(&mut window), "sgd:lr=0.001,momentum=0.9+sam");
    assert!(window.app().scene().run_names()[1].ends_with("+ SAM"));
    window
        .harness
        .get_by_role_and_label(Role::Slider, "rho")
        .set_value_accesskit(0.2);
    window.harness.run_steps(3);
    assert_eq!(spec(&mut window), "sgd:lr=0.001,momentum=0.9+sam:rho=0.2");
    window.reveal(Role::Button, "Remove");
    window.click(Role::Button, "Remove");
    assert_eq!(spec(&mut window), "sgd:lr=0.001,momentum=0.9");
}

#[test]
fn the_update_rule_shows_its_numbers() {
    let mut window = Window::opening();
    window.click(Role::Button, "settings of Momentum");
    window.press(Key::End);
    window.click(Role::DisclosureTriangle, "Rule of Momentum");
    assert!(window.says("v ← μ v + g"));
    assert!(window.says("in x"), "the numbers of the last step");
}

#[test]
fn the_font_has_every_sign_of_every_update_rule() {
    let window = Window::opening();
    let font = egui::FontId::proportional(13.0);
    let mut missing = std::collections::BTreeSet::new();
    for optimizer in AnyOptimizer::all() {
        let mut scene = Scene::new("quadratic".parse().unwrap());
        scene.training.steps = 3;
        scene.add_run(ravine::engine::training::RunSpec::new(optimizer));
        for wrapper in AnyWrapper::all() {
            let mut spec = scene.runs[0].spec.clone();
            spec.wrappers.push(wrapper);
            scene.add_run(spec);
        }
        for run in &scene.runs {
            for line in run.spec.update_lines() {
                for glyph in ravine::engine::training::symbols(line).chars() {
                    let has = window
                        .harness
                        .ctx
                        .fonts_mut(|fonts| fonts.has_glyph(&font, glyph));
                    if !has {
                        missing.insert(glyph);
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_settings_use_the_space_that_few_optimizers_leave() {
    let heading = |runs: usize| {
        let mut scene = Scene::opening();
        scene.runs.truncate(runs);
        let mut window = Window::on(scene);
        window.harness.set_size(egui::vec2(1280.0, 800.0));
        window.settle();
        let before = window.place("OPTIMIZERS").top();
        if runs > 0 {
            window.click(Role::Button, "settings of SGD");
            window.settle();
        }
        assert_eq!(window.place("OPTIMIZERS").top(), before, "an open card");
        before
    };
    let [one, six] = [1, 6].map(heading);
    assert!(one > six + 20.0, "{one} and {six}");
}

#[test]
fn help_texts_have_no_line_breaks_inside_a_paragraph() {
    let scene = Scene::opening();
    let families = AnyOptimizer::all()
        .into_iter()
        .map(|one| one.settings().help());
    let members = AnyLandscape::all()
        .into_iter()
        .map(|one| one.settings().help());
    let settings = scene.training.params().iter().map(|param| param.help);
    let figure = scene.figure.params().iter().map(|param| param.help);
    for help in families.chain(members).chain(settings).chain(figure) {
        let breaks = help.replace("\n\n", "");
        assert!(!breaks.contains('\n') && !help.contains("  "), "{help:?}");
    }
}
