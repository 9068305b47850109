//! The registry: every view that applies to a scene has a tab, a key and a menu entry, draws, and exports a picture of its own.

use super::*;
use crate::engine::analysis::curvature::{ExpensiveParts, report};
use crate::engine::analysis::mode_connectivity::{Connect, connect, default_curve_optimizer};
use crate::engine::cancel::Cancel;
use crate::engine::geometry::surface::Surface;
use crate::engine::scene::NetworkScene;
use crate::export::picture::PageSize;
use crate::figure;
use crate::figure::drawing::Drawing;
use crate::figure::svg::svg_with_size;
use crate::gui::App;
use crate::gui::command::{entries, menus};
use crate::gui::theme;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::collections::BTreeSet;

fn window(scene: Scene) -> Harness<'static, Option<App>> {
    let show = move |ui: &mut egui::Ui, app: &mut Option<App>| {
        let app = app.get_or_insert_with(|| App::new(ui.ctx(), scene.clone(), None).unwrap());
        app.frame_ui(ui);
    };
    let builder = Harness::builder().with_size([1280.0, 900.0]);
    let mut window = builder.build_ui_state(show, None);
    settle(&mut window);
    app(&mut window).apply(&egui::Context::default(), Command::Seek(1.0));
    window
}

fn app<'a>(window: &'a mut Harness<'static, Option<App>>) -> &'a mut App {
    window.state_mut().as_mut().unwrap()
}

/// Lets everything be computed and shown: a map follows the runs, a surface the paths.
fn settle(window: &mut Harness<'static, Option<App>>) {
    for _ in 0..3 {
        window.run_steps(2);
        app(window).wait_idle();
    }
    window.run_steps(2);
}

fn landscape() -> Scene {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    scene.training.steps = 20;
    scene.add_run("sgd:lr=0.01".parse().unwrap());
    scene.add_run("rprop".parse().unwrap());
    scene
}

fn network() -> Scene {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: "mlp:hidden=2,loss=bce".parse().unwrap(),
        data: "moons:samples=8".parse().unwrap(),
        plane: "filter".parse().unwrap(),
        connect: Connect {
            steps: 100,
            ..Connect::default()
        },
        ..NetworkScene::default()
    });
    scene.add_run("sgd:lr=0.5".parse().unwrap());
    scene.add_run("adam:lr=0.1".parse().unwrap());
    scene.training.steps = 30;
    scene
}

/// Shows a view, and returns its picture as it is exported.
fn exported(window: &mut Harness<'static, Option<App>>, title: &'static str) -> Drawing {
    let ctx = window.ctx.clone();
    app(window).apply(&ctx, Command::Show(title));
    settle(window);
    let figure = app(window).figure(theme::current(&ctx));
    let figure = figure.unwrap_or_else(|error| panic!("{title}: {error}"));
    let page = PageSize::of_pixels(figure.pixels);
    figure.draw(page).unwrap().0
}

fn svg(drawing: &Drawing) -> String {
    svg_with_size(drawing, drawing.size, "")
}

#[test]
fn every_view_has_a_title_a_key_and_a_menu_entry_of_its_own() {
    let views = all();
    let titles: BTreeSet<&str> = views.iter().map(|view| view.title()).collect();
    assert_eq!(titles.len(), views.len());
    let entries = entries(&views);
    for (index, entry) in entries.iter().enumerate() {
        let same = entries[..index].iter().find(|other| other.key == entry.key);
        assert!(
            same.is_none(),
            "{} has the key of another entry",
            entry.title
        );
    }
    let menus = menus(&views);
    let shown = menus.iter().flat_map(|(_, entries)| entries);
    let shown = shown.filter(|entry| entry.command == Command::Show(entry.title));
    let shown: Vec<&str> = shown.map(|entry| entry.title).collect();
    let all: Vec<&str> = views.iter().map(|view| view.title()).collect();
    assert_eq!(shown, all);
    for scene in [landscape(), network()] {
        assert!(views[0].applies(&scene));
    }
    assert!(views.iter().all(|view| !view.help().is_empty()));
}

#[test]
fn every_view_that_applies_draws_and_exports_a_picture_of_its_own() {
    let mut shown = BTreeSet::new();
    for scene in [landscape(), network()] {
        let views = all();
        let applying: Vec<&str> = { views.iter() }
            .filter(|view| view.applies(&scene))
            .map(|view| view.title())
            .collect();
        let mut window = window(scene);
        let mut pictures = Vec::new();
        for title in applying {
            let drawing = exported(&mut window, title);
            let told = window.query_all_by_label_contains("could not be drawn");
            assert_eq!(told.count(), 0, "{title}");
            assert!(drawing.items.len() > 5, "{title}");
            let picture = svg(&drawing);
            for (other, earlier) in &pictures {
                assert!(*earlier != picture, "{title} exports {other}");
            }
            pictures.push((title, picture));
            shown.insert(title);
        }
    }
    assert_eq!(shown.len(), all().len(), "every view applies to a scene");
}

#[test]
fn connect_exports_the_picture_of_the_command_line() {
    let scene = network();
    let mut window = window(scene.clone());
    let drawing = exported(&mut window, "Connect");
    let trained = app(&mut window).runs().unwrap().trained.clone().unwrap();
    let end = |run: usize| trained.runs[run].theta(usize::MAX).unwrap();
    let (ends, never) = ([end(0), end(1)], Cancel::default());
    let (spec, settings) = (
        default_curve_optimizer(),
        scene.network().unwrap().connect.clone(),
    );
    let task = &trained.task;
    let found = connect(task, ends, &spec, &settings, &never, &mut |_| {});
    let found = found.unwrap().unwrap();
    let size = drawing.size;
    let view = figure::connect::window(&found, (size, true)).unwrap();
    let plane = found.plane.as_ref().unwrap();
    let surface = Surface::sample(&*task.loss, plane, view, 65, 65, &never);
    let settings = figure::connect::settings_text(&spec, &settings);
    let caption = figure::connect::Caption {
        title: &format!("from SGD to Adam   {}", scene.title()),
        caption: &format!(
            "A the end of SGD · B the end of Adam · {} · {settings}",
            scene.subject_spec()
        ),
        l2: task.loss.l2(),
        legend: true,
    };
    let theme = crate::gui::theme::current(&window.ctx);
    let expected = figure::connect::picture(&found, surface, &caption, size, theme);
    assert_eq!(svg(&drawing), svg(&expected));
}

#[test]
fn spectrum_exports_the_picture_of_the_command_line() {
    let scene = network();
    let mut window = window(scene.clone());
    let drawing = exported(&mut window, "Spectrum");
    let trained = app(&mut window).runs().unwrap().trained.clone().unwrap();
    let (loss, theta) = (
        &*trained.task.loss,
        trained.runs[0].theta(usize::MAX).unwrap(),
    );
    let settings = scene.network().unwrap().curvature.clone();
    let parts = ExpensiveParts {
        trace: true,
        density: true,
        layers: true,
    };
    let never = Cancel::default();
    let report = report(loss, theta, &settings, parts, &never, &mut |_| {}).unwrap();
    let spectra = [figure::spectrum::Spectrum {
        name: "SGD",
        style_index: figure::style_index(scene.runs[0].colour),
        report: &report,
    }];
    let title = format!("SGD at step 30   {}", scene.title());
    let (size, theme) = (drawing.size, crate::gui::theme::current(&window.ctx));
    let expected = figure::spectrum::picture_of_several(&spectra, &settings, &title, size, theme);
    assert_eq!(svg(&drawing), svg(&expected));
}
