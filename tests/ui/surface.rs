//! Tests of the 3-D surface: mouse, keys, controls, and what undo and scene files keep of the camera.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::{LevelSpacing, NetworkScene, Scene, SurfaceStyle};

fn surface(scene: Scene) -> Window {
    let mut window = Window::on(scene);
    window.press(Key::End);
    window.press(Key::U);
    window.settle();
    window
}

fn himmelblau() -> Scene {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    scene.training.steps = 60;
    scene.add_run("sgd:lr=0.01".parse().unwrap());
    scene.add_run("rprop".parse().unwrap());
    scene
}

fn camera(window: &mut Window) -> [f64; 3] {
    let SurfaceStyle {
        azim, elev, zoom, ..
    } = window.app().scene().surface;
    [azim, elev, zoom]
}

/// Returns a point of the surface's area that is away from trails.
fn corner(window: &Window) -> egui::Pos2 {
    window.place("Surface: azimuth").left_top() + egui::vec2(20.0, 20.0)
}

#[test]
fn a_drag_turns_the_surface_the_wheel_zooms_and_a_double_click_resets() {
    let mut window = surface(himmelblau());
    assert!(window.says("Surface: azimuth −60°, elevation 45°"));
    let from = window.place("Surface: azimuth").center();
    window.drag(from, from + egui::vec2(50.0, 20.0));
    assert_eq!(camera(&mut window), [-80.0, 53.0, 1.0]);
    assert!(window.says("Surface: azimuth −80°, elevation 53°"));
    window.drag(from, from + egui::vec2(0.0, -300.0));
    assert_eq!(camera(&mut window)[1], 0.0, "not below the plane");

    window.harness.hover_at(from);
    window.harness.step();
    window.harness.event(egui::Event::Zoom(1.5));
    window.settle();
    let [azim, _, zoom] = camera(&mut window);
    assert_eq!((azim, zoom), (-80.0, 1.5));

    let at = corner(&window);
    window.harness.hover_at(at);
    window.harness.run_steps(2);
    // Both clicks in one frame, because a frame of the harness is too long for a double click.
    let clicks = [true, false, true, false].map(|pressed| egui::Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
    window.harness.input_mut().events.extend(clicks);
    window.settle();
    assert_eq!(camera(&mut window), [-60.0, 45.0, 1.0]);
}

#[test]
fn arrow_keys_turn_the_surface_that_has_the_focus_and_other_keys_still_work() {
    let mut window = surface(himmelblau());
    let step = window.app().step();
    window.press(Key::ArrowLeft);
    assert_eq!(window.app().step(), step - 1, "without the focus");
    window.press(Key::ArrowRight);
    let at = corner(&window);
    window.drag(at, at);
    window.press(Key::ArrowLeft);
    window.press(Key::ArrowDown);
    assert_eq!(camera(&mut window), [-55.0, 50.0, 1.0]);
    window.press_with(Modifiers::SHIFT, Key::ArrowUp);
    assert_eq!(camera(&mut window), [-55.0, 49.0, 1.0]);
    window.press(Key::Plus);
    assert_eq!(camera(&mut window)[2], 1.1);
    assert_eq!(window.app().step(), step);
    window.press(Key::M);
    assert!(window.says("Map: "), "a key of the window");
}

#[test]
fn turning_is_saved_but_is_no_step_of_the_history() {
    let mut window = surface(himmelblau());
    let untouched = window.app().scene().to_toml();
    assert!(!untouched.contains("[surface]"), "nothing at its default");
    window.press(Key::Num1);
    window.settle();
    let from = window.place("Surface: azimuth").center();
    window.drag(from, from + egui::vec2(50.0, 0.0));
    let toml = window.app().scene().to_toml();
    assert!(toml.contains("azim = -80.0"), "{toml}");
    assert_eq!(&Scene::from_toml(&toml).unwrap(), window.app().scene());
    assert!(!window.app().scene().runs[0].shown);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert!(window.app().scene().runs[0].shown, "undoes the edit");
    assert_eq!(camera(&mut window)[0], -80.0, "the camera stays");
}

#[test]
fn a_click_on_a_trail_selects_run_and_step_and_the_pointer_is_described() {
    let mut window = surface(himmelblau());
    let name = window.harness.get_by_label_contains("Surface: azimuth");
    let area = name.rect();
    window.harness.hover_at(area.center());
    window.settle();
    assert!(window.says("‖∇f‖"), "what is under the pointer");
    // From straight above, the box is as the map.
    window.drag(area.center(), area.center() + egui::vec2(75.0, 300.0));
    assert_eq!(camera(&mut window), [-90.0, 90.0, 1.0]);
    let runs = window.app().runs().unwrap().clone();
    let at = runs.results[0].trajectory.plot_point(1).unwrap();
    let view = runs.first_view();
    let [u, v] = [
        (at[0] - view.x()[0]) / view.width() - 0.5,
        0.5 - (at[1] - view.y()[0]) / view.height(),
    ];
    // Scan around the expected point: its distance from the center grows with the height.
    let side = area.height().min(area.width());
    let mut found = false;
    for share in 35..95_u8 {
        #[expect(clippy::cast_possible_truncation, reason = "places on screen")]
        let offset = egui::vec2(u as f32, v as f32) * side * f32::from(share) / 100.0;
        window.harness.hover_at(area.center() + offset);
        window.harness.run_steps(2);
        if window.says("SGD, step ") {
            window.drag(area.center() + offset, area.center() + offset);
            found = true;
            break;
        }
    }
    assert!(found, "the trail is under the pointer somewhere");
    assert!(window.app().step() < 60);
}

#[test]
fn controls_set_the_height_scale_and_switch_parts_off() {
    let mut window = surface(himmelblau());
    assert!(window.has_value(Role::ComboBox, "height scale", "auto"));
    window.click(Role::ComboBox, "height scale");
    window.click(Role::Button, "linear");
    window.settle();
    let spacing = window.app().scene().map.spacing;
    assert_eq!(spacing, LevelSpacing::Linear);
    assert!(window.paints("f"), "the name of the height");
    let at = window.place("View ▾").center();
    window.drag(at, at);
    window.click(Role::Button, "trails");
    assert!(!window.app().scene().map.trails);
    window.click(Role::Button, "shading");
    assert!(!window.app().scene().surface.shading);
    window.click(Role::Button, "lines");
    assert!(!window.app().scene().map.lines);
}

#[test]
fn the_surface_is_for_two_parameters_and_for_networks() {
    let line = Scene::new("parabola".parse().unwrap());
    let mut window = Window::on(line);
    assert!(!window.has("Surface"));
    window.press(Key::U);
    assert!(window.says("Map: "), "the first view");

    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: "mlp:hidden=2,loss=bce".parse().unwrap(),
        data: "moons:samples=8".parse().unwrap(),
        ..NetworkScene::default()
    });
    scene.add_run("adam:lr=0.1".parse().unwrap());
    scene.training.steps = 30;
    let mut window = Window::on(scene);
    window.press(Key::U);
    window.settle();
    window.settle();
    assert!(window.says("Surface: azimuth"));
    let from = window.place("Surface: azimuth").center();
    window.drag(from, from + egui::vec2(25.0, 0.0));
    assert_eq!(camera(&mut window)[0], -70.0);
    window.harness.hover_at(from);
    window.settle();
    assert!(window.says("loss "), "what is under the pointer");
}

#[test]
fn scenes_without_runs_show_the_surface_alone() {
    let mut scene = himmelblau();
    scene.runs.clear();
    let window = surface(scene);
    assert!(window.says("Surface: azimuth"));
    assert!(window.paints("x") && window.paints("y"));
}
