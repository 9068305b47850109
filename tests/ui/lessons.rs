//! Tests of lessons in the window: every step is legible, and steps, answers, predictions, taking over and progress work.

use super::Window;
use super::look::faults_outside;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::Scene;
use ravine::gui::App;
use ravine::teaching::bundled::find_step;
use ravine::teaching::lesson::{Lesson, Step};
use std::path::Path;

/// The lesson that the tests use.
const LESSON: &str = "The learning rate";

fn lesson() -> &'static Lesson {
    let index = find_step("learning-rate").expect("the lesson");
    index.find().expect("the lesson").0
}

/// Returns the number of the first step, from 0, that fulfils a condition.
fn step_where(condition: impl Fn(&Step) -> bool) -> usize {
    let found = lesson().steps.iter().position(condition);
    found.expect("a step of the lesson")
}

/// Opens a lesson from its menu.
fn open(window: &mut Window, title: &str) {
    open_level(window, title);
    window.click(Role::Button, title);
    window.settle();
}

/// Opens the menu of the level of a lesson.
fn open_level(window: &mut Window, title: &str) {
    window.click(Role::Button, "Lessons");
    let lessons = Lesson::bundled().expect("the lessons").iter();
    let lesson = { lessons }.find(|lesson| lesson.title == title);
    let level = lesson.expect("a lesson").level.title();
    window.click(Role::Button, level);
    window.harness.run_steps(2);
}

/// Opens the lesson at a step.
fn open_at(window: &mut Window, step: usize) {
    open(window, LESSON);
    for _ in 0..step {
        window.press(Key::PageDown);
    }
    window.settle();
}

fn is_at(window: &Window, step: usize) -> bool {
    let count = lesson().steps.len();
    window.has(&format!("{LESSON}, step {} of {count}", step + 1))
}

/// Opens a window with a state folder, on the scene that was left there.
fn with_state(folder: &Path) -> Window {
    let folder = folder.to_owned();
    Window::of(Some(egui::Theme::Light), move |ctx| {
        App::with_state(ctx, None, None, Some(&folder))
    })
}

/// Returns the area of the table on the right, which scrolls sideways.
fn table(window: &Window) -> egui::Rect {
    let rect = |name| window.harness.query_by_label(name).map(|node| node.rect());
    let grip = rect("Width of the right panel");
    let above = rect("charts over gradient evaluations");
    let (Some(grip), Some(above)) = (grip, above) else {
        return egui::Rect::NOTHING;
    };
    let mut area = window.harness.ctx.content_rect();
    area.min = egui::pos2(grip.max.x, above.max.y);
    area.max.x += 1000.0;
    area
}

#[test]
fn every_step_of_every_lesson_is_legible() {
    let lessons = Lesson::bundled().expect("the lessons");
    let mut found = Vec::new();
    let mut window = Window::opening();
    window.harness.set_size(egui::vec2(1280.0, 800.0));
    let titles: Vec<&str> = [
        "Map",
        "Side by side",
        "Surface",
        "Basins",
        "Sweep",
        "Predictions",
    ]
    .into_iter()
    .chain(["Projection error", "Spectrum", "Seeds", "Connect"])
    .collect();
    for lesson in lessons {
        open(&mut window, &lesson.title);
        // Away from the map, where a card would be beside the pointer.
        window.harness.hover_at(egui::pos2(2.0, 2.0));
        for (index, step) in lesson.steps.iter().enumerate() {
            // A network is looked at while it trains.
            if !step.scene.is_network() {
                window.press(Key::A);
                window.press(Key::A);
                window.press(Key::End);
                window.settle();
            }
            let place = format!("{}#{}", lesson.name, index + 1);
            assert_eq!(window.app().scene(), &step.scene, "{place}");
            assert!(
                titles.contains(&step.view.as_str()),
                "{place} has no view {}",
                step.view
            );
            assert!(
                window.has(&step.title) && !window.says("refused"),
                "{place}"
            );
            assert!(!window.says("could not be drawn"), "{place}");
            let faults = faults_outside(&window, table(&window)).into_iter();
            // Until the first picture of a network, these words are on a plate over the dimmed last one.
            let words = ["`computing the landscape …`", "`training …`"];
            let faults = faults.filter(|fault| !words.iter().any(|words| fault.contains(words)));
            found.extend(faults.map(|fault| format!("{place}: {fault}")));
            window.press(Key::PageDown);
        }
        assert!(window.has(&format!("{}, finished", lesson.title)) || !window.says(", step "));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_lesson_is_legible_in_every_size_and_in_presentations() {
    let sizes = [
        ([640.0, 480.0], 1.0),
        ([640.0, 480.0], 2.0),
        ([1280.0, 800.0], 1.0),
        ([1920.0, 1080.0], 1.0),
        ([1920.0, 1080.0], 2.0),
    ];
    let mut found = Vec::new();
    for presenting in [false, true] {
        for theme in [egui::Theme::Light, egui::Theme::Dark] {
            let mut window = Window::opening();
            window.harness.ctx.set_theme(theme);
            open_at(&mut window, 3);
            window.press(Key::A);
            if presenting {
                window.press(Key::F5);
            }
            for (pixels, scale) in sizes {
                window.harness.set_pixels_per_point(scale);
                window.harness.run_steps(1);
                window.harness.set_size(egui::Vec2::from(pixels) / scale);
                window.settle();
                assert!(
                    window.has("Next") && window.has("Leave"),
                    "{pixels:?} {scale}"
                );
                let faults = faults_outside(&window, table(&window)).into_iter();
                // Until the first map of a network, these words are on a plate over the dimmed last picture.
                let faults = faults.filter(|fault| !fault.contains("computing the landscape …"));
                found.extend(faults.map(|fault| {
                    format!("{theme:?} {pixels:?} × {scale}, presenting {presenting}: {fault}")
                }));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn next_and_back_show_steps_and_leave_brings_the_own_scene_back() {
    let mut own = Scene::opening();
    own.training.steps = 321;
    let mut window = Window::on(own.clone());
    open(&mut window, LESSON);
    assert!(is_at(&window, 0));
    window.click(Role::Button, "Next");
    window.settle();
    assert!(is_at(&window, 1));
    assert_eq!(*window.app().scene(), lesson().steps[1].scene);
    assert_eq!(
        window.app().step(),
        lesson().steps[1].scene.training.steps,
        "it begins at the end"
    );
    window.click(Role::Button, "Back");
    assert!(is_at(&window, 0));
    window.press(Key::PageUp);
    assert!(is_at(&window, 0), "there is no step before the first");
    window.click(Role::Button, "Step 5: Two curvatures, one learning rate");
    assert!(is_at(&window, 4));
    window.click(Role::Button, "Leave");
    window.settle();
    assert_eq!(*window.app().scene(), own);
    assert!(!is_at(&window, 4) && window.has("OPTIMIZERS"));
    window.press_with(Modifiers::COMMAND, Key::L);
    assert!(is_at(&window, 4), "it goes on where it was left");
    window.press_with(Modifiers::COMMAND, Key::L);
    assert_eq!(*window.app().scene(), own);
}

#[test]
fn the_audience_takes_over_and_returns() {
    let mut window = Window::opening();
    open_at(&mut window, 1);
    assert!(!window.has("Return to the step"));
    window.click(Role::Button, "Settings");
    assert!(window.has("OPTIMIZERS"));
    window.press(Key::Num1);
    window.harness.run_steps(2);
    let changed = window.app().scene().clone();
    assert_ne!(changed, lesson().steps[1].scene);
    window.press(Key::OpenBracket);
    assert!(window.has("You have changed the scene."));
    window.click(Role::Button, "Return to the step");
    assert_eq!(*window.app().scene(), lesson().steps[1].scene);
    assert!(!window.has("Return to the step"));
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(
        *window.app().scene(),
        changed,
        "undo brings the change back"
    );
    window.press(Key::PageDown);
    window.press(Key::PageUp);
    assert_eq!(
        *window.app().scene(),
        lesson().steps[1].scene,
        "so does coming back"
    );
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(
        *window.app().scene(),
        lesson().steps[1].scene,
        "undo stays within the step"
    );
}

#[test]
fn answers_are_hidden_until_they_are_asked_for() {
    let mut window = Window::opening();
    let step = step_where(|step| step.answer.is_some());
    let part = "the first step lands on the minimum from any start";
    open_at(&mut window, step);
    assert!(!window.says(part));
    window.click(Role::Button, "Show the answer");
    assert!(window.says(part) && !window.has("Show the answer"));
    window.press(Key::PageUp);
    window.press(Key::PageDown);
    assert!(!window.says(part));
    window.press(Key::A);
    assert!(window.says(part));
}

#[test]
fn a_prediction_hides_the_runs_until_a_point_is_clicked() {
    let mut window = Window::opening();
    let step = step_where(|step| step.predict.is_some());
    open_at(&mut window, step);
    let look = &lesson().steps[step].look;
    assert!(window.says("Click on the map where you expect the run lr 0.4 to end."));
    assert!(window.says("charts are hidden") && !window.says(look));
    assert!(!window.paints("lr 0.4"), "the run is not on the map");
    window.press(Key::End);
    window.press(Key::Space);
    window.harness.run_steps(3);
    assert_eq!(window.app().step(), 0, "the timeline is held");
    assert!(window.says("Guess first"), "it says why");
    window.press(Key::B);
    window.settle();
    assert!(window.says("This view is hidden until you have guessed"));
    window.press(Key::M);
    window.settle();

    let scene = window.app().scene().clone();
    let map = window.place("Map: click places your guess");
    window.drag(map.center(), map.center());
    assert_eq!(*window.app().scene(), scene, "the start stays");
    assert!(window.says("Your guess is marked. See where lr 0.4 goes."));
    window.press(Key::End);
    window.settle();
    assert!(window.says("from the end of lr 0.4, at x −0.94, y 0."));
    assert!(window.paints("your guess") && window.says(look));
    assert!(!window.says("charts are hidden"));

    window.press(Key::PageUp);
    window.press(Key::PageDown);
    window.settle();
    assert!(window.says("Click on the map"), "the step begins anew");
    window.click(Role::Button, "Show without a guess");
    window.press(Key::End);
    window.settle();
    assert!(window.says(look) && !window.paints("your guess"));
    assert!(window.says("lr 0.4 ends at x −0.94, y 0."));
}

#[test]
fn progress_is_kept_between_starts_and_lesson_scenes_are_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = with_state(folder.path());
    assert!(window.says("New here? Try the menu Lessons"));
    open_at(&mut window, 2);
    window.press(Key::Num1);
    window.harness.run_steps(2);
    eframe::App::on_exit(window.app(), None);

    let mut window = with_state(folder.path());
    assert_eq!(
        *window.app().scene(),
        Scene::opening(),
        "the own scene is shown"
    );
    window.click(Role::Button, "Lessons");
    window.click(
        Role::Button,
        &format!("Go on with {LESSON}, step 3 of {}", lesson().steps.len()),
    );
    assert!(is_at(&window, 2));
    for _ in 2..lesson().steps.len() {
        window.press(Key::PageDown);
    }
    assert!(window.says(&format!("Finished “{LESSON}”")));
    assert_eq!(*window.app().scene(), Scene::opening());
    window.press(Key::PageDown);
    assert!(window.says(&format!("Finished “{LESSON}”")));
    window.press(Key::PageUp);
    assert!(is_at(&window, lesson().steps.len() - 1), "it goes back");
    window.press(Key::PageDown);
    assert!(window.says(&format!("Finished “{LESSON}”")));
    eframe::App::on_exit(window.app(), None);

    let mut window = with_state(folder.path());
    open_level(&mut window, LESSON);
    assert!(window.has(&format!("{LESSON}, finished")));
}

#[test]
fn lesson_scenes_do_not_ask_to_be_saved() {
    let mut window = Window::opening();
    open_at(&mut window, 1);
    window.press(Key::Num1);
    window.press_with(Modifiers::COMMAND, Key::Q);
    assert!(window.app().is_closing() && !window.says("Save changes"));

    let mut window = Window::opening();
    window.press(Key::Num1);
    open_at(&mut window, 1);
    window.press_with(Modifiers::COMMAND, Key::Q);
    window.harness.run_steps(2);
    assert!(window.says("Save changes before closing?"));
    assert!(window.has("OPTIMIZERS"), "the own scene is shown for it");
}

#[test]
fn opening_another_scene_leaves_the_lesson() {
    let mut window = Window::opening();
    open_at(&mut window, 1);
    window.press_with(Modifiers::COMMAND, Key::N);
    window.settle();
    assert!(!is_at(&window, 1));
    assert_eq!(*window.app().scene(), Scene::opening());
}

#[test]
fn the_palette_finds_lessons_and_steps_have_keys() {
    let mut window = Window::opening();
    window.press(Key::PageDown);
    assert!(window.says("No lesson is open"));
    window.press_with(Modifiers::COMMAND, Key::K);
    let text = "lesson: the learning".to_owned();
    window.harness.event(egui::Event::Text(text));
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.settle();
    assert!(is_at(&window, 0));
    window.press(Key::F1);
    assert!(window.says("Next step of the lesson") && window.says("PageDown"));
    let control = window
        .harness
        .query_by_role_and_label(Role::Button, "Close");
    assert!(control.is_some());
}

#[test]
fn terms_of_the_words_open_the_glossary() {
    let mut window = Window::opening();
    open(&mut window, "Adam and bias correction");
    window.press(Key::PageDown);
    window.settle();
    window.click(Role::Link, "running mean");
    window.settle();
    assert!(window.says("running mean of the gradient") && window.says("Glossary"));
}

#[test]
fn the_menu_says_what_lessons_are_about() {
    let mut window = Window::opening();
    let lesson = lesson();
    open_level(&mut window, LESSON);
    assert!(window.paints(&lesson.summary));
    assert!(window.paints(&format!("{} min", lesson.minutes)));
    window.click(Role::Button, LESSON);
    window.press(Key::PageDown);
    open_level(&mut window, LESSON);
    let progress = format!("step 2 of {}, {} min", lesson.steps.len(), lesson.minutes);
    assert!(window.paints(&progress));
    window.click(Role::Button, LESSON);
    assert!(is_at(&window, 1), "it goes on where it was left");
}

#[test]
fn a_step_without_a_tab_does_not_keep_that_of_the_step_before() {
    let mut window = Window::opening();
    open(&mut window, "AMSGrad and RAdam");
    window.press(Key::PageDown);
    window.settle();
    assert!(window.says("step 34 in x"), "the rule is unfolded");
    window.press(Key::PageDown);
    window.settle();
    assert!(!window.says("step 36 in x"), "it is folded");
}

#[test]
fn a_button_opens_the_charts_that_a_step_is_about() {
    let mut window = Window::opening();
    window.harness.set_size(egui::vec2(1000.0, 700.0));
    let step = step_where(|step| step.panel.as_deref() == Some("Charts"));
    open_at(&mut window, step);
    assert!(!window.says("charts over gradient evaluations"));
    window.click(Role::Button, "Show the charts");
    window.settle();
    assert!(window.says("charts over gradient evaluations"));
    assert!(!window.has("Show the charts"));
}

#[test]
fn maps_of_networks_have_the_whole_space_in_lessons() {
    let mut window = Window::opening();
    open(&mut window, "How a slice can mislead");
    window.press(Key::PageDown);
    window.press(Key::PageDown);
    assert!(window.has("Run's predictions") && !window.has("Hide the predictions"));
}
