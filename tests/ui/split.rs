//! Tests of two views at once.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use ravine::engine::scene::Scene;

fn split(window: &mut Window) {
    window.press_with(Modifiers::COMMAND, Key::Backslash);
    window.settle();
}

/// Whether the tab of a view is selected in the first or second half.
fn selected(window: &Window, title: &str) -> Vec<bool> {
    let tabs = window.harness.query_all_by_label(title);
    let mut tabs: Vec<_> = tabs
        .filter_map(|tab| {
            let toggled = tab.accesskit_node().toggled()?;
            Some((tab.rect().min, format!("{toggled:?}") == "True"))
        })
        .collect();
    tabs.sort_by(|(a, _), (b, _)| (a.y, a.x).partial_cmp(&(b.y, b.x)).expect("finite"));
    tabs.into_iter().map(|(_, selected)| selected).collect()
}

#[test]
fn split_shows_two_views_and_one_again() {
    let mut window = Window::opening();
    split(&mut window);
    assert_eq!(selected(&window, "Map"), [true, false]);
    assert_eq!(selected(&window, "Side by side"), [false, true]);
    let map = window.map();
    let other = window.place("Map of SGD: click shows it large");
    assert!(!map.intersects(other), "{map} and {other}");
    split(&mut window);
    assert_eq!(selected(&window, "Map"), [true]);
}

#[test]
fn a_key_chooses_the_view_of_the_half_that_was_clicked_last() {
    let mut window = Window::opening();
    split(&mut window);
    let other = window.place("Map of Adam: click shows it large").center();
    window.drag(other, other);
    window.press(Key::B);
    window.settle();
    assert_eq!(selected(&window, "Map"), [true, false]);
    assert_eq!(selected(&window, "Basins"), [false, true]);
    // The map is in the first half, so the two change places.
    window.press(Key::M);
    window.settle();
    assert_eq!(selected(&window, "Map"), [false, true]);
    assert_eq!(selected(&window, "Basins"), [true, false]);
}

#[test]
fn both_views_show_the_whole_map() {
    let mut window = Window::opening();
    split(&mut window);
    // The map is computed for what both halves show, once.
    let before = window.app().map_windows();
    window.harness.run_steps(10);
    assert_eq!(
        window.app().map_windows(),
        before,
        "no half asks for its own"
    );
    assert_eq!(before[0], before[1]);
}

#[test]
fn the_border_is_dragged() {
    let mut window = Window::opening();
    split(&mut window);
    let before = window.map();
    let border = window.place("Border between the views").center();
    window.drag(border, border + egui::vec2(0.0, 80.0));
    assert!(window.map().height() > before.height() + 40.0);
}

#[test]
fn a_network_splits_too() {
    let mut window = Window::on(Scene::opening());
    window.click(Role::Button, "Network");
    window.settle();
    split(&mut window);
    assert_eq!(selected(&window, "Map"), [true, false]);
    window.press(Key::Escape);
    assert!(!window.says("could not be drawn"));
}

#[test]
fn a_click_side_by_side_shows_one_map_large_and_escape_shows_all() {
    let mut window = Window::opening();
    window.press(Key::D);
    window.settle();
    let small = window.place("Map of Adam: click shows it large");
    window.drag(small.center(), small.center());
    let large = window.place("Map of Adam: click shows all runs");
    assert!(large.area() > 3.0 * small.area(), "{large} and {small}");
    assert!(!window.says("Map of SGD"));
    window.press(Key::Escape);
    assert!(window.says("Map of SGD: click shows it large"));
}
