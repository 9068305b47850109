//! Tests of the charts: heights, ranges, values under the pointer, zoom, and a chart shown large.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::Scene;

fn open(landscape: &str, steps: u64, specs: &[&str]) -> Window {
    let mut scene = Scene::new(landscape.parse().expect("a landscape"));
    scene.training.steps = steps;
    for spec in specs {
        scene.add_run(spec.parse().expect("a spec"));
    }
    let mut window = Window::on(scene);
    window.press(Key::End);
    window
}

/// Returns the texts to the left of a chart and level with it: its tick labels.
fn y_ticks(window: &Window, chart: &str) -> Vec<String> {
    let plot = window.place(chart);
    let left = plot.left() - 60.0..plot.left();
    let shapes = window.harness.output().shapes.iter();
    let texts = shapes.filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(text) => Some((text.pos, text.galley.text().to_owned())),
        _ => None,
    });
    let beside = texts.filter(|(at, _)| {
        left.contains(&at.x) && (plot.top() - 10.0..plot.bottom()).contains(&at.y)
    });
    beside.map(|(_, text)| text).collect()
}

fn button(pos: egui::Pos2, pressed: bool) -> egui::Event {
    egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    }
}

fn hover(window: &mut Window, chart: &str, share: f32) {
    let plot = window.place(chart);
    let at = egui::pos2(plot.left() + share * plot.width(), plot.center().y);
    window.harness.hover_at(at);
    window.harness.run_steps(40);
}

#[test]
fn charts_are_tall_enough_and_titles_say_log() {
    let mut window = Window::opening();
    window.harness.set_size(egui::vec2(1280.0, 800.0));
    window.settle();
    // Title and tick labels take 40 points.
    for (chart, least) in [
        ("Chart of loss", 160.0),
        ("Chart of gradient norm", 80.0),
        ("Chart of sharpness", 80.0),
        ("Chart of learning rate", 80.0),
    ] {
        let height = window.place(chart).height();
        assert!(height >= least - 5.0, "{chart}: {height}");
    }
    assert!(window.has("loss (log)") && window.has("learning rate (log)"));
}

#[test]
fn ranges_follow_runs_that_change() {
    let mut window = open("quadratic:a=1,b=4", 30, &["sgd:lr=0.1"]);
    let before = y_ticks(&window, "Chart of loss");
    let steps = (window.harness).get_by_role_and_label(Role::Slider, "steps");
    steps.set_value_accesskit(600.0);
    window.settle();
    let after = y_ticks(&window, "Chart of loss");
    assert!(
        !after.is_empty() && before != after,
        "{before:?}, {after:?}"
    );
}

#[test]
fn a_run_that_diverges_does_not_blank_the_charts() {
    let window = open("quadratic:a=1,b=100", 100, &["sgd:lr=1", "sgd:lr=0.01"]);
    let ticks = y_ticks(&window, "Chart of loss");
    assert!(ticks.len() >= 2, "{ticks:?}");
    assert!(
        !ticks.iter().any(|tick| tick.starts_with("10³")),
        "{ticks:?}"
    );
}

#[test]
fn degenerate_runs_have_axes() {
    let twenty = ["adam:lr=0.1"; 20];
    for (name, landscape, steps, specs) in [
        (
            "all diverge",
            "quadratic:a=1,b=100",
            60,
            &["sgd:lr=1e6", "sgd:lr=1"][..],
        ),
        ("one step", "himmelblau", 1, &["sgd:lr=0.01"]),
        ("constant", "himmelblau", 50, &["sgd:lr=1e-12"]),
        ("twenty runs", "himmelblau", 50, &twenty),
        (
            "a constant function",
            "formula:f=0*x+0*y",
            20,
            &["sgd:lr=0.1"],
        ),
    ] {
        let window = open(landscape, steps, specs);
        assert!(!window.says("could not be drawn"), "{name}");
        let ticks = y_ticks(&window, "Chart of loss");
        assert!(!ticks.is_empty(), "{name}");
    }
}

#[test]
fn the_pointer_reads_every_run_in_the_order_of_the_curves() {
    let mut window = open(
        "himmelblau",
        100,
        &["sgd:lr=0.01", "sgd:lr=0.0001", "sgd:lr=0.001"],
    );
    hover(&mut window, "Chart of loss", 0.5);
    assert!(window.says("step 50"));
    let runs = window.app().runs().expect("runs").clone();
    let loss = |run: usize| runs.results[run].trajectory.loss[50];
    let mut order: Vec<usize> = vec![0, 1, 2];
    order.sort_by(|a, b| loss(*b).total_cmp(&loss(*a)));
    let text = |run: &usize| ravine::figure::axis::number(loss(*run), 4);
    let shapes = window.harness.output().shapes.iter();
    let place = |text: &str| {
        let mut own = shapes.clone().filter_map(|clipped| match &clipped.shape {
            egui::Shape::Text(shape) if shape.galley.text() == text => Some(shape.pos.y),
            _ => None,
        });
        own.next_back()
            .unwrap_or_else(|| panic!("{text} is not shown"))
    };
    let places: Vec<f32> = order.iter().map(|run| place(&text(run))).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_click_on_a_title_shows_the_chart_large() {
    let mut window = Window::opening();
    window.press(Key::End);
    window.click(Role::Button, "gradient norm ‖∇f‖ (log)");
    window.harness.run_steps(3);
    assert!(window.has("Back to the view"));
    let charts = window
        .harness
        .get_all_by_label("Chart of gradient norm ‖∇f‖");
    let largest = charts.map(|chart| chart.rect().width()).fold(0.0, f32::max);
    assert!(largest > 400.0, "{largest}");
    window.press(Key::Escape);
    window.harness.run_steps(3);
    assert!(!window.has("Back to the view"));
    window.click(Role::Button, "loss (log)");
    window.harness.run_steps(3);
    window.click(Role::Button, "Back to the view");
    assert!(!window.has("Back to the view"));
}

#[test]
fn charts_zoom_and_fit_again() {
    let mut window = open("himmelblau", 100, &["sgd:lr=0.01", "adam:lr=0.1"]);
    let before = y_ticks(&window, "Chart of loss");
    hover(&mut window, "Chart of loss", 0.5);
    window.harness.event(egui::Event::Zoom(6.0));
    window.harness.run_steps(3);
    assert_ne!(y_ticks(&window, "Chart of loss"), before);
    let plot = window.place("Chart of loss");
    let left = plot.left_center() + egui::vec2(1.0, 0.0);
    window.drag(left, left);
    assert!(
        window.app().step() > 20,
        "the zoom is that of the steps too"
    );
    window.harness.hover_at(plot.center());
    window.harness.run_steps(2);
    // Both clicks in one frame, because a frame of the harness is too long for a double click.
    let clicks = [true, false, true, false].map(|pressed| button(plot.center(), pressed));
    window.harness.input_mut().events.extend(clicks);
    window.harness.run_steps(3);
    assert_eq!(
        y_ticks(&window, "Chart of loss"),
        before,
        "a double click fits"
    );
}

#[test]
fn a_drag_with_shift_zooms_and_leaves_the_timeline() {
    let mut window = open("himmelblau", 100, &["sgd:lr=0.01", "adam:lr=0.1"]);
    let before = y_ticks(&window, "Chart of loss");
    let plot = window.place("Chart of loss");
    window
        .harness
        .event(egui::Event::ModifiersChanged(Modifiers::SHIFT));
    let [from, to] = [-1.0, 1.0].map(|side| plot.center() + side * egui::vec2(20.0, 30.0));
    window.harness.hover_at(from);
    window.harness.event(button(from, true));
    window.harness.hover_at(plot.center());
    window.harness.hover_at(to);
    window.harness.event(button(to, false));
    window.harness.run_steps(3);
    assert_eq!(window.app().step(), 100);
    assert_ne!(y_ticks(&window, "Chart of loss"), before);
}

#[test]
fn the_factor_of_the_x_axis_and_the_title_of_a_chart_do_not_overlap() {
    let mut window = open("rosenbrock", 1_000_000, &["sgd:lr=0.0001"]);
    window.harness.set_size(egui::vec2(1280.0, 800.0));
    window.settle();
    let factors: Vec<egui::Rect> = { window.harness.output().shapes.iter() }
        .filter_map(|clipped| match &clipped.shape {
            egui::Shape::Text(text) if text.galley.text() == "step ×10⁶" => {
                Some(text.visual_bounding_rect())
            }
            _ => None,
        })
        .collect();
    assert!(factors.len() >= 3, "{factors:?}");
    for title in ["loss (log)", "sharpness ÷ stability limit"] {
        let title = { window.harness.query_all_by_label_contains(title) }
            .map(|node| node.rect())
            .find(|rect| rect.height() < 40.0)
            .expect("a title");
        for factor in &factors {
            assert!(!title.intersects(*factor), "{title} and {factor}");
        }
    }
}

#[test]
fn without_ticked_runs_a_sentence_stands_in_place_of_charts_and_table() {
    let mut window = Window::on(Scene::new("himmelblau".parse().unwrap()));
    assert!(window.says("There are no runs yet.") && !window.has("Chart of loss"));
    window.press_with(Modifiers::COMMAND, Key::K);
    window
        .harness
        .event(egui::Event::Text("add adam".to_owned()));
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.settle();
    assert!(!window.says("There are no runs yet.") && window.has("Chart of loss"));
    window.press(Key::Num1);
    window.settle();
    assert!(window.says("Every run is hidden.") && !window.has("Chart of loss"));
}
