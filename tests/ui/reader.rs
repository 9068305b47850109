//! Tests of the guide, the glossary, the help pages and the examples in the window.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Rect, Role};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};
use ravine::engine::scene::Scene;
use ravine::export::help_page;
use ravine::teaching::example::Example;
use ravine::teaching::guide::GuideEntry;

/// Window sizes in points: 640 × 480 pixels at 100 % and at 200 %, and a laptop's screen.
const SIZES: [(f32, [f32; 2]); 3] = [
    (1.0, [640.0, 480.0]),
    (2.0, [640.0, 480.0]),
    (1.0, [1280.0, 800.0]),
];

fn resize(window: &mut Window, scale: f32, size: [f32; 2]) {
    window.harness.set_pixels_per_point(scale);
    window.harness.run_steps(1);
    window
        .harness
        .set_size((size[0] / scale, size[1] / scale).into());
    window.harness.run_steps(4);
}

/// Returns the texts of the reader or the gallery that are cut off at the right or the left, and the controls outside of the window.
fn faults(window: &Window) -> Vec<String> {
    let bounds = window.harness.ctx.content_rect();
    let mut faults = Vec::new();
    let shapes = &window.harness.output().shapes;
    // What is painted after the shade over the window belongs to the reader or the gallery.
    let shade = shapes.iter().rposition(|clipped| match &clipped.shape {
        egui::Shape::Rect(area) => area.rect.contains_rect(bounds.shrink(1.0)),
        _ => false,
    });
    for clipped in &shapes[shade.expect("the shade over the window")..] {
        if let egui::Shape::Text(text) = &clipped.shape {
            let whole = text.galley.rect.translate(text.pos.to_vec2());
            let visible = whole.intersect(clipped.clip_rect).intersect(bounds);
            let shown = visible.height() > 0.9 * whole.height();
            if shown && whole.width() - visible.width() > 1.5 {
                faults.push(format!(
                    "`{}` is cut: {visible} of {whole}",
                    text.galley.text()
                ));
            }
        }
    }
    for role in [Role::Button, Role::TextInput, Role::Link] {
        for node in window.harness.query_all_by_role(role) {
            let place: Rect = node.rect();
            if place.min.x < bounds.min.x - 1.0 || place.max.x > bounds.max.x + 1.0 {
                let name = node.accesskit_node().label().unwrap_or_default();
                faults.push(format!("`{name}` at {place} is outside of {bounds}"));
            }
        }
    }
    faults
}

fn title(entry: &str) -> &'static str {
    let entries = GuideEntry::bundled().unwrap();
    let found = entries.iter().find(|own| own.name == entry).unwrap();
    &found.title
}

#[test]
fn the_guide_shows_a_scene_that_undo_takes_back() {
    let mut window = Window::opening();
    let before = window.app().scene().clone();
    window.press(Key::F2);
    assert!(window.has("Pitfalls"));
    window.reveal(Role::Button, title("diverges"));
    window.click(Role::Button, title("diverges"));
    assert!(window.has("Cause") && window.has("Remedy") && window.says("2/λmax"));
    window.reveal(Role::Button, "Show it");
    window.click(Role::Button, "Show it");
    window.settle();
    assert!(!window.has("Remedy"), "the guide is closed");
    assert_eq!(window.app().scene().landscape().name(), "quadratic");
    assert_eq!(window.app().scene().runs.len(), 2);
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.settle();
    assert_eq!(*window.app().scene(), before);
}

fn search_field(window: &Window) -> Node<'_> {
    let harness = &window.harness;
    harness.get_by_role_and_label(Role::TextInput, "Search the guide")
}

/// Types a query into the focused search field.
fn search(window: &mut Window, text: &str) {
    search_field(window).focus();
    window.harness.run_steps(2);
    search_field(window).type_text(text);
    window.harness.run_steps(3);
}

#[test]
fn a_search_looks_through_guide_glossary_and_help_pages() {
    let mut window = Window::opening();
    window.press(Key::F3);
    search(&mut window, "momentum");
    assert!(window.has(title("overshoots")), "an entry of the guide");
    assert!(window.has("velocity"), "a term");
    window.press(Key::Enter);
    assert!(search_field(&window).is_focused(), "Enter keeps the focus");
    assert!(
        window.says("The share μ"),
        "the term of this name is the first"
    );
    search_field(&window).type_text(" zzz");
    window.harness.run_steps(3);
    assert!(window.has("Nothing has these words."));
    window.press(Key::Escape);
    assert!(!window.has("Nothing has these words."));
}

#[test]
fn a_search_by_name_lists_longer_names_after_it_and_a_letter_is_a_symbol() {
    let mut window = Window::opening();
    window.press(Key::F4);
    assert!(window.has("Help pages"));
    search(&mut window, "adam");
    let top = |window: &Window, name: &str| {
        let row = { window.harness.get_all_by_role_and_label(Role::Button, name) };
        row.map(|row| row.rect().min.y)
            .fold(f32::INFINITY, f32::min)
    };
    let [adam, weighted, radam] = ["Adam", "AdamW", "RAdam"].map(|name| top(&window, name));
    assert!(adam < weighted && adam < radam);
    assert!(window.says("amsgrad"), "the page of Adam is shown");
    window.press(Key::Escape);
    window.press(Key::F3);
    search(&mut window, "λ");
    assert!(window.has("weight decay") && window.has("curvature"));
    assert!(!window.has("learning rate"));
}

#[test]
fn help_pages_open_from_the_rows_of_their_members() {
    let mut window = Window::opening();
    window.click(Role::Button, "help page of Rosenbrock");
    assert!(window.says("ravine render --landscape rosenbrock"));
    assert!(window.says("f(x, y) = "), "the formula");
    window.press(Key::Escape);
    window.click(Role::Button, "menu of Momentum");
    window.click(Role::Button, "Help page");
    assert!(window.has("v ← μ v + g") || window.has("θ ← θ − γ g"));
    assert!(window.has("Strengths") && window.has("Weaknesses") && window.has("Settings"));
    window.press(Key::Escape);
    assert!(!window.has("Weaknesses"));
    window.click(Role::Button, "settings of Momentum");
    window.reveal(Role::Button, "help page of SGD");
    window.click(Role::Button, "help page of SGD");
    assert!(window.has("Weaknesses"));
}

#[test]
fn every_page_opens_from_the_list_and_fits_small_windows_and_large_text() {
    let mut window = Window::opening();
    let mut found = Vec::new();
    for (scale, size) in SIZES {
        resize(&mut window, scale, size);
        for (key, name) in [
            (Key::F2, title("zigzag")),
            (Key::F3, "condition number"),
            (Key::F4, "AdaBelief"),
        ] {
            window.press(key);
            window.reveal(Role::Button, name);
            found.extend(faults(&window));
            window.click(Role::Button, name);
            let narrow = size[0] / scale < 600.0;
            assert_eq!(window.has("Back to the list"), narrow, "{name} {size:?}");
            found.extend(faults(&window));
            window.press(Key::Escape);
        }
        window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
        found.extend(faults(&window));
        window.press(Key::Escape);
    }
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(help_page::names().len() > 100);
}

#[test]
fn an_example_opens_without_a_file_and_undo_takes_it_back() {
    let mut window = Window::opening();
    let before = window.app().scene().clone();
    let keys = Modifiers::COMMAND | Modifiers::SHIFT;
    window.press_with(keys, Key::O);
    for example in Example::bundled().unwrap() {
        assert!(window.has(&example.title), "{}", example.title);
    }
    let newton = Example::find("newton-basins").unwrap();
    window.reveal(Role::Button, &newton.title);
    window.click(Role::Button, &newton.title);
    window.settle();
    assert_eq!(*window.app().scene(), newton.scene);
    assert!(!window.has("Examples"), "the gallery is closed");
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.settle();
    assert_eq!(*window.app().scene(), before);
    // The arrow keys and Enter choose too.
    window.press_with(keys, Key::O);
    window.press(Key::ArrowRight);
    window.press(Key::Enter);
    window.settle();
    let second = &Example::bundled().unwrap()[1];
    assert_eq!(*window.app().scene(), second.scene);
}

#[test]
fn a_right_click_on_a_heading_opens_its_term() {
    let mut window = Window::on(Scene::opening());
    let heading = window
        .harness
        .get_by_role_and_label(Role::Button, "Sort by evals");
    heading.click_secondary();
    window.harness.run_steps(3);
    assert!(window.says("Number of gradients that a run has computed"));
    window.press(Key::Escape);
    assert!(!window.says("Number of gradients that a run has computed"));
}
