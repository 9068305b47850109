//! Tests of the layout: text size, side panels and their drawers, presentation mode, the key sheet.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role, vec2};
use egui_kittest::kittest::Queryable;

const LEFT: &str = "Width of the left panel";
const RIGHT: &str = "Width of the right panel";

fn at(width: f32, height: f32) -> Window {
    let mut window = Window::opening();
    window.harness.set_size(vec2(width, height));
    window.harness.run_steps(3);
    window
}

#[test]
fn keys_and_the_view_menu_change_the_text_size() {
    let mut window = Window::opening();
    let zoom = |window: &Window| window.harness.ctx.zoom_factor();
    window.press_with(Modifiers::COMMAND, Key::Plus);
    assert_eq!(zoom(&window), 1.1);
    window.press_with(Modifiers::COMMAND, Key::Equals);
    assert_eq!(zoom(&window), 1.25);
    window.press_with(Modifiers::COMMAND, Key::Minus);
    assert_eq!(zoom(&window), 1.1);
    window.press_with(Modifiers::COMMAND, Key::Num0);
    assert_eq!(zoom(&window), 1.0);
    window.click(Role::Button, "View");
    window.click(Role::Button, "Text size");
    window.click(Role::RadioButton, "200 %");
    assert_eq!(zoom(&window), 2.0);
}

#[test]
fn brackets_hide_and_show_the_side_panels() {
    let mut window = at(1280.0, 800.0);
    for (key, grip, button) in [
        (Key::OpenBracket, LEFT, "Show the left panel"),
        (Key::CloseBracket, RIGHT, "Show the right panel"),
    ] {
        let width = window.map().width();
        assert!(window.has(grip));
        window.press(key);
        assert!(!window.has(grip) && window.map().width() > width + 200.0);
        window.click(Role::Button, button);
        assert!(window.has(grip) && window.map().width() == width);
    }
}

#[test]
fn grips_are_8_points_wide_and_change_the_width_which_the_content_does_not() {
    let mut window = at(1600.0, 800.0);
    for (name, sign) in [(LEFT, 1.0), (RIGHT, -1.0)] {
        let grip = window.place(name);
        assert_eq!(grip.width(), 8.0, "{name}");
        let to = grip.center() + vec2(40.0 * sign, 0.0);
        window.drag(grip.center(), to);
        let moved = window.place(name).center().x;
        assert!((moved - to.x).abs() < 1.0, "{name}: {moved} for {to}");
    }
    let grips = [window.place(LEFT), window.place(RIGHT)];
    window.click(Role::Button, "settings of Momentum");
    window.press(Key::End);
    window.press(Key::W);
    window.settle();
    assert_eq!([window.place(LEFT), window.place(RIGHT)], grips);
}

#[test]
fn narrow_windows_have_drawers_over_the_map() {
    let mut window = at(1000.0, 700.0);
    assert!(window.has(LEFT) && !window.has(RIGHT));
    let map = window.map();
    window.press(Key::CloseBracket);
    assert!(window.has("Chart of loss"), "the drawer is open");
    assert_eq!(window.map(), map, "it lies over the map");
    window.press(Key::Escape);
    assert!(!window.has("Chart of loss"));
    window.harness.set_size(vec2(700.0, 500.0));
    window.harness.run_steps(3);
    assert!(!window.has(LEFT) && !window.says("OPTIMIZERS"));
    window.click(Role::Button, "Show the left panel");
    assert!(window.says("OPTIMIZERS"));
    window.press(Key::OpenBracket);
    assert!(!window.says("OPTIMIZERS"));
}

#[test]
fn presentation_mode_has_the_picture_and_the_timeline_in_larger_text() {
    let mut window = at(1280.0, 800.0);
    for leave in [Key::F5, Key::Escape] {
        window.press(Key::F5);
        assert_eq!(window.harness.ctx.zoom_factor(), 1.6);
        assert!(!window.has("File") && !window.says("OPTIMIZERS") && !window.has("Chart of loss"));
        assert!(
            window.has("Rosenbrock") && window.has("SGD lr=0.001"),
            "what the picture is of"
        );
        window.press(Key::Home);
        window.press(Key::ArrowRight);
        assert_eq!(window.app().step(), 1, "keys still work");
        window.press(leave);
        assert_eq!(window.harness.ctx.zoom_factor(), 1.0);
        assert!(window.has("File") && window.says("OPTIMIZERS") && window.has("Chart of loss"));
    }
}

#[test]
fn the_key_sheet_fits_into_every_window() {
    for size in [[320.0, 240.0], [640.0, 480.0], [1280.0, 800.0]] {
        let mut window = at(size[0], size[1]);
        window.press(Key::F1);
        window.harness.run_steps(3);
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, size.into());
        for name in ["Keyboard shortcuts", "Close"] {
            let place = window
                .harness
                .get_all_by_label(name)
                .next()
                .expect(name)
                .rect();
            assert!(screen.contains_rect(place), "{name} at {place} in {size:?}");
        }
        assert!(window.says("places the start") && window.has("Presentation"));
        window.click(Role::Button, "Close");
        assert!(!window.has("Keyboard shortcuts"));
    }
}

#[test]
fn a_card_shows_name_loss_and_main_sliders_of_each_run() {
    let mut window = at(1280.0, 900.0);
    let names = window.app().scene().run_names();
    for name in &names[..2] {
        assert!(window.has(&format!("lr of {name}")), "{name}");
    }
    assert!(window.has("momentum of Momentum") && !window.has("+ Wrapper"));
    let slider = window
        .harness
        .get_by_role_and_label(Role::Slider, "lr of SGD");
    slider.set_value_accesskit(0.0005);
    window.harness.run_steps(3);
    let spec = window.app().scene().runs[0].spec.to_string();
    assert_eq!(spec, "sgd:lr=0.0005");
    window.settle();
    window.press(Key::End);
    let runs = window.app().runs().expect("runs");
    let loss = *runs.results[0].trajectory.loss.last().expect("rows");
    assert!(window.has(&ravine::figure::axis::number(loss, 3)));
    window.click(Role::Button, "settings of SGD");
    assert!(window.has("+ Wrapper"));
}

#[test]
fn a_duplicate_appears_below_its_source() {
    let mut window = Window::opening();
    window.click(Role::Button, "menu of SGD");
    window.click(Role::Button, "Duplicate");
    let runs = &window.app().scene().runs;
    assert_eq!(runs[0].spec, runs[1].spec);
    assert_ne!(runs[0].colour, runs[1].colour);
    assert_ne!(runs[2].spec, runs[0].spec);
}

#[test]
fn cards_collapse_beyond_six_runs() {
    let mut window = Window::opening();
    assert!(window.has("lr of SGD"), "six runs");
    window.click(Role::Button, "menu of SGD");
    window.click(Role::Button, "Duplicate");
    assert!(!window.has("lr of SGD") && !window.has("momentum of Momentum"));
    window.click(Role::Button, "settings of Momentum");
    assert!(window.has("momentum"), "a collapsed card opens");
}

#[test]
fn shift_drags_a_slider_finely() {
    let mut window = at(1280.0, 900.0);
    let lr = |window: &mut Window| window.app().scene().runs[0].spec.optimizer.as_dyn().lr();
    let slider = window
        .harness
        .get_by_role_and_label(Role::Slider, "lr of SGD");
    let from = slider.rect().center();
    // A press moves the handle to the pointer.
    window.drag(from, from);
    let start = lr(&mut window);
    let to = from + vec2(12.0, 0.0);
    let drag = |window: &mut Window, modifiers: Modifiers| {
        window.drag(from, from);
        window.harness.hover_at(from);
        window.harness.drag_at(from);
        window.harness.step();
        let event = egui::Event::ModifiersChanged(modifiers);
        window.harness.event(event);
        window.harness.hover_at(to);
        window.harness.step();
        window.harness.drop_at(to);
        window.settle();
        lr(window) / start
    };
    let [fine, coarse] = [Modifiers::SHIFT, Modifiers::NONE].map(|keys| drag(&mut window, keys));
    assert!(1.0 < fine && fine.powi(5) < coarse, "{fine} and {coarse}");
}

#[test]
fn the_focus_stays_where_it_is_while_panels_come_and_go() {
    let mut window = at(1280.0, 800.0);
    let focused = |window: &Window| {
        let tab = window.harness.get_by_role_and_label(Role::Button, "Basins");
        tab.is_focused()
    };
    let tab = window.harness.get_by_role_and_label(Role::Button, "Basins");
    tab.focus();
    window.harness.run_steps(2);
    for [width, height] in [[1000.0, 700.0], [700.0, 600.0], [1280.0, 800.0]] {
        assert!(focused(&window));
        window.harness.set_size(vec2(width, height));
        window.harness.run_steps(3);
    }
    assert!(focused(&window));
}

/// Returns the texts that end in an ellipsis because they are too long.
fn elided(window: &Window) -> Vec<String> {
    let shapes = window.harness.output().shapes.iter();
    let texts = shapes.filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(text) if text.galley.elided => Some(text.galley.text().to_owned()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn no_text_of_the_opening_window_is_cut_short() {
    for (width, height) in [(1280.0, 800.0), (1920.0, 1080.0), (640.0, 480.0)] {
        let mut window = at(width, height);
        assert_eq!(elided(&window), Vec::<String>::new(), "{width}");
        window.press(Key::F5);
        window.settle();
        assert_eq!(elided(&window), Vec::<String>::new(), "{width}, presented");
    }
}

#[test]
fn a_narrow_chart_keeps_log_in_its_title() {
    let mut window = at(1600.0, 800.0);
    let title = "sharpness ÷ stability limit; above 1: unstable (log)";
    let grip = window.place(RIGHT).center();
    window.drag(grip, grip - vec2(60.0, 0.0));
    assert!(window.paints(title));
    let grip = window.place(RIGHT).center();
    window.drag(grip, grip + vec2(160.0, 0.0));
    assert!(!window.paints(title));
    assert!(window.paints("sharpness ÷ stability limit (log)"));
    window.click(Role::Button, title);
}

#[test]
fn a_tooltip_does_not_stay_over_a_dialog() {
    let mut window = at(1280.0, 800.0);
    let help = "Shows or hides SGD.";
    let tick = window.harness.get_by_role_and_label(Role::CheckBox, "SGD");
    let at = tick.rect().center();
    window.harness.hover_at(at);
    window.harness.run_steps(40);
    assert!(window.says(help));
    window.press_with(Modifiers::COMMAND, Key::K);
    window.harness.run_steps(3);
    assert!(!window.says(help));
    window.press(Key::Escape);
    window.harness.run_steps(40);
    assert!(window.says(help), "the pointer is still there");
}

#[test]
fn the_search_button_has_a_frame() {
    let window = at(1280.0, 800.0);
    let place = window.place("Search commands");
    let frame = |shape: &egui::Shape| match shape {
        egui::Shape::Rect(rect) => {
            rect.stroke.width > 0.0
                && rect.rect.expand(2.0).contains_rect(place)
                && rect.rect.width() < place.width() + 4.0
        }
        _ => false,
    };
    let shapes = &window.harness.output().shapes;
    assert!(shapes.iter().any(|clipped| frame(&clipped.shape)));
}
