//! Tests of the surface: projection, painter's order, hidden parts, holes, and trails.

use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::plane::Rect;
use crate::engine::results::{Runs, compute_map_data, compute_runs};
use crate::engine::scene::LevelSpacing;
use crate::figure::drawing::{Item, texts};
use crate::figure::labels::Labels;
use crate::figure::text_width;
use crate::figure::trail::Trail;
use crate::figure::{Options, trails};
use std::sync::Arc;

const AREA: Area = Area::new([0.0, 0.0], [600.0, 400.0]);

fn scene(landscape: &str) -> Scene {
    let mut scene = Scene::new(landscape.parse().unwrap());
    scene.training.steps = 60;
    scene
}

fn runs(scene: &Scene) -> Runs {
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    compute_runs(scene, &problem, None, &Cancel::default()).unwrap()
}

/// Calls a function with the surface of a scene, `side`² points.
fn with_surface<R>(scene: &Scene, side: usize, call: impl FnOnce(&Surface3d) -> R) -> R {
    let problem = scene.load(&NoFiles).unwrap();
    let window = scene.view.unwrap_or(problem.view);
    let map_data = compute_map_data(scene, &problem, window, side, &Cancel::default()).unwrap();
    let relief = Relief::new(&map_data);
    call(&Surface3d::new(&map_data, &relief, &scene.surface, AREA))
}

fn turned(landscape: &str, azim: f64, elev: f64) -> Scene {
    let mut scene = scene(landscape);
    (scene.surface.azim, scene.surface.elev) = (azim, elev);
    scene
}

#[test]
fn from_straight_above_the_surface_lies_as_the_map() {
    with_surface(&turned("himmelblau", -90.0, 90.0), 65, |surface| {
        let [left, right] = [[-4.0, 0.0], [4.0, 0.0]].map(|at| surface.place(at).unwrap().0);
        let [low, high] = [[0.0, -4.0], [0.0, 4.0]].map(|at| surface.place(at).unwrap().0);
        assert!(left[0] < right[0] - 100.0 && (left[1] - right[1]).abs() < 12.0);
        assert!(low[1] > high[1] + 100.0 && (low[0] - high[0]).abs() < 12.0);
        let axes = surface.axes(["x", "y"], &Theme::LIGHT);
        let name = |name: &str| texts(&axes).into_iter().find(|text| text.text == name);
        let [x, y] = ["x", "y"].map(|text| name(text).unwrap().at);
        assert!(x[1] > low[1] && y[0] < left[0], "below and on the left");
    });
}

#[test]
fn the_azimuth_is_that_of_matplotlib() {
    // At azimuth 0 the eye is far out on the x axis: y goes to the right, and high x is near, low in the picture.
    with_surface(&turned("quadratic:a=0,b=0", 0.0, 30.0), 17, |surface| {
        let [near, far] = [[1.0, 0.0], [-1.0, 0.0]].map(|at| surface.place(at).unwrap().0);
        let right = surface.place([0.0, 1.0]).unwrap().0;
        assert!(near[1] > far[1] && (near[0] - far[0]).abs() < 1.0);
        assert!(right[0] > near[0] + 20.0);
    });
}

#[test]
fn the_box_fills_its_area_and_its_labels_lie_inside_from_every_side() {
    let problem = scene("himmelblau").load(&NoFiles).unwrap();
    let map_data = compute_map_data(
        &scene("himmelblau"),
        &problem,
        problem.view,
        17,
        &Cancel::default(),
    );
    let map_data = map_data.unwrap();
    let relief = Relief::new(&map_data);
    for size in [[600.0, 400.0], [300.0, 560.0], [330.0, 230.0]] {
        let area = Area::new([20.0, 10.0], [20.0 + size[0], 10.0 + size[1]]);
        for (azim, elev) in (-18..18).flat_map(|azim| {
            [0.0, 15.0, 30.0, 60.0, 90.0].map(|elev| (f64::from(azim) * 10.0, elev))
        }) {
            let style = turned("himmelblau", azim, elev).surface;
            let surface = Surface3d::new(&map_data, &relief, &style, area);
            let corners = (0..8_u8).map(|k| {
                let [u, v, w] = [k & 1, k >> 1 & 1, k >> 2].map(f32::from);
                surface.camera.project(relief.at([u, v], w))
            });
            let corners: Vec<Point> = corners.collect();
            let seen = format!("azim {azim}, elev {elev}, {size:?}");
            assert!(corners.iter().all(|at| area.contains(*at)), "{seen}");
            let share = [0, 1].map(|axis| {
                let ends = corners.iter().map(|corner| corner[axis]);
                let [low, high] = [
                    ends.clone().fold(f32::MAX, f32::min),
                    ends.fold(0.0, f32::max),
                ];
                (high - low) / (size[axis] - [106.0, 74.0][axis])
            });
            assert!(share[0].max(share[1]) > 0.99, "{seen}: {share:?}");
            for text in texts(&surface.axes(["x", "y"], &Theme::LIGHT)) {
                let own = text_width::area(text);
                let inside = area.contains(own.min) && area.contains(own.max);
                assert!(inside, "{seen}: {} at {own:?}", text.text);
            }
        }
    }
}

#[test]
fn a_box_that_turns_in_a_film_keeps_its_size() {
    let lengths = (0..36).map(|k| {
        let style = turned("himmelblau", f64::from(k) * 10.0, 30.0).surface;
        let camera = Camera::turning(&style, [1.0, 1.0], AREA);
        let [foot, top] = [-0.25, 0.25].map(|z| camera.project([0.0, 0.0, z]));
        foot[1] - top[1]
    });
    let lengths: Vec<f32> = lengths.collect();
    for length in &lengths {
        assert!((length - lengths[0]).abs() < 1e-2, "{lengths:?}");
    }
}

#[test]
fn what_a_point_of_the_picture_shows_is_found() {
    for (azim, elev) in [(-60.0, 30.0), (130.0, 55.0), (20.0, 90.0), (-135.0, 25.0)] {
        with_surface(&turned("himmelblau", azim, elev), 129, |surface| {
            let (mut found, mut missed) = (0, 0);
            for index in 0..100_i32 {
                let at = [f64::from(index % 10) - 4.5, f64::from(index / 10) - 4.5];
                let (point, hidden) = surface.place(at).unwrap();
                let picked = surface.pick(point).unwrap();
                let distance = (picked[0] - at[0]).hypot(picked[1] - at[1]);
                found += usize::from(!hidden);
                missed += usize::from(!hidden && distance > 0.35);
            }
            // Where the line of sight touches the surface, both may be right.
            assert!(missed <= found / 15, "azim {azim}: {missed} of {found}");
            assert!(found > 30, "{found} points of azim {azim} are visible");
            assert_eq!(surface.pick([2.0, 2.0]), None);
        });
    }
}

#[test]
fn a_wall_hides_what_is_behind_it_and_nothing_else() {
    // A ridge along x = 0, seen from high x.
    let mut scene = turned("formula:f=exp(-20*x^2),radius=2", 0.0, 60.0);
    scene.map.spacing = LevelSpacing::Linear;
    with_surface(&scene, 129, |surface| {
        let hidden = |x: f64| surface.place([x, 0.3]).unwrap().1;
        assert!(hidden(-0.5) && hidden(-0.3));
        assert!(!hidden(0.0) && !hidden(0.5) && !hidden(1.5) && !hidden(-1.9));
    });
    with_surface(
        &turned("formula:f=exp(-20*x^2),radius=2", 0.0, 90.0),
        129,
        |surface| {
            assert!(!surface.place([-0.5, 0.3]).unwrap().1, "from above");
        },
    );
}

/// Returns the triangle that is painted last at a point.
fn painted_at(mesh: &Mesh, [x, y]: Point) -> Option<usize> {
    let inside = |corners: &[u32]| {
        let at = |k: usize| mesh.vertices[corners[k] as usize].0;
        let side = |a: Point, b: Point| (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
        let sides = [side(at(0), at(1)), side(at(1), at(2)), side(at(2), at(0))];
        sides.iter().all(|side| *side >= 0.0) || sides.iter().all(|side| *side <= 0.0)
    };
    mesh.indices.chunks_exact(3).rposition(inside)
}

#[test]
fn the_triangle_that_is_painted_last_is_the_nearest_one() {
    for (azim, elev) in [
        (-60.0, 30.0),
        (30.0, 20.0),
        (120.0, 40.0),
        (-150.0, 15.0),
        (0.0, 20.0),
        (10.0, 90.0),
    ] {
        with_surface(&turned("himmelblau", azim, elev), 65, |surface| {
            let mesh = surface.mesh(paint(&scene("himmelblau")), &Theme::LIGHT);
            let count = 2 * 64 * 64;
            let (mut checked, mut covered) = (0, 0);
            for index in 0..400_i32 {
                let at = [f64::from(index % 20), f64::from(index / 20)].map(|k| (k - 9.5) / 2.0);
                let Some((point, false)) = surface.place(at) else {
                    continue;
                };
                let triangle = painted_at(&mesh, point).unwrap();
                if triangle >= count {
                    continue; // A wall, on the border.
                }
                let corners = &mesh.indices[3 * triangle..3 * triangle + 3];
                let near = corners.iter().any(|corner| {
                    let vertex = *corner as usize;
                    #[expect(clippy::cast_precision_loss, reason = "a small grid")]
                    let [u, v] = [vertex % 65, vertex / 65].map(|k| k as f64 / 64.0);
                    let [x, y] = surface.relief.view.at([u, v]);
                    (x - at[0]).abs() < 0.5 && (y - at[1]).abs() < 0.5
                });
                covered += usize::from(!near);
                checked += 1;
            }
            // Where the line of sight touches the surface, both may be right.
            let few = covered <= checked / 25;
            assert!(
                few,
                "azim {azim}, elev {elev}: other hills cover {covered} of {checked} points"
            );
            assert!(checked > 60, "{checked}");
        });
    }
}

#[test]
fn undefined_cells_are_holes() {
    let scene = scene("formula:f=sqrt(x),radius=2");
    with_surface(&scene, 33, |surface| {
        assert_eq!(surface.place([-1.0, 0.0]), None);
        assert!(surface.place([1.0, 0.0]).is_some());
        let mesh = surface.mesh(paint(&scene), &Theme::DARK);
        let used = mesh
            .indices
            .iter()
            .map(|index| mesh.vertices[*index as usize].0);
        assert!(used.flatten().all(f32::is_finite));
        let cells = mesh.indices.len() / 6;
        assert!((16 * 32..=16 * 32 + 64).contains(&cells), "{cells}");
        assert!(surface.contours(1.0, paint(&scene), &Theme::DARK).len() > 3);
    });
    // Nowhere defined in view.
    let mut nowhere = self::scene("formula:f=sqrt(x),radius=2");
    nowhere.view = Rect::new([-2.0, -1.0], [0.0, 1.0]);
    with_surface(&nowhere, 9, |surface| {
        let mesh = surface.mesh(paint(&nowhere), &Theme::LIGHT);
        assert!(mesh.indices.is_empty());
        assert!(!surface.backdrop(&Theme::LIGHT).is_empty());
        assert_eq!(surface.pick([300.0, 200.0]), None);
    });
}

#[test]
fn heights_are_on_the_scale_of_the_map_and_cut_where_it_ends() {
    for spacing in [LevelSpacing::Linear, LevelSpacing::Log] {
        let mut scene = scene("rosenbrock");
        scene.map.spacing = spacing;
        with_surface(&scene, 65, |surface| {
            let heights = &surface.relief.heights;
            assert!(heights.iter().all(|height| (0.0..=1.0).contains(height)));
            let names = surface.axes(["x", "y"], &Theme::LIGHT);
            let log = texts(&names)
                .iter()
                .any(|text| text.text.ends_with(", log"));
            assert_eq!(log, spacing == LevelSpacing::Log);
        });
    }
    let spike = scene("formula:f=x^4+1e9*exp(-1e4*((x-0.5)^2+y^2)),radius=2");
    with_surface(&spike, 129, |surface| {
        let note = surface.cut_note();
        assert!(
            note.as_deref().unwrap_or("").starts_with("cut above"),
            "{note:?} {:?} {:?}",
            surface.map_data.levels.range(),
            surface.map_data.surface.range()
        );
        assert!(
            surface.relief.on([0.0, 0.5]).unwrap()[2] > 0.0,
            "x⁴ is not flattened"
        );
    });
}

/// Draws trails with their names.
fn trails_of(surface: &Surface3d, trails: &[Trail]) -> Vec<Item> {
    let mut labels = Labels::new(surface.area, &Theme::LIGHT);
    let mut items = surface.trails(trails, 60, &mut labels, &Theme::LIGHT);
    items.extend(labels.place());
    items
}

fn lines_of(items: &[Item]) -> usize {
    items
        .iter()
        .filter(|item| matches!(item, Item::Path { closed: false, .. }))
        .count()
}

#[test]
fn every_run_has_a_trail_in_front_of_the_surface_or_a_faint_one_behind_it() {
    let mut scene = scene("himmelblau");
    for run in ["sgd:lr=0.01", "adam:lr=0.1", "rprop", "sgd:lr=10"] {
        scene.add_run(run.parse().unwrap());
    }
    let all = runs(&scene);
    for azim in [-60.0, 30.0, 120.0, -150.0] {
        scene.surface.azim = azim;
        with_surface(&scene, 129, |surface| {
            let names = scene.run_names();
            let frame = surface.plane_frame();
            for run in 0..3 {
                let own: Vec<_> = trails(&all, &names, 60, &frame)
                    .filter(|trail| trail.run == run)
                    .collect();
                let items = trails_of(surface, &own);
                assert!(lines_of(&items) > 0, "run {run} from {azim}");
                assert!(texts(&items).iter().any(|text| text.text == names[run]));
            }
            // The last run leaves the box at once, and its end says so.
            let last: Vec<_> = trails(&all, &names, 60, &frame).skip(3).collect();
            let items = trails_of(surface, &last);
            assert!(
                texts(&items)
                    .iter()
                    .any(|text| text.text.contains("diverged at"))
            );
            for item in &items {
                if let Item::Path { points, .. } = item {
                    assert!(points.iter().flatten().all(|part| part.abs() < 2000.0));
                }
            }
        });
    }
}

#[test]
fn a_picture_shows_every_landscape_of_two_parameters() {
    let options = Options {
        size: [560.0, 420.0],
        step: None,
        theme: &Theme::LIGHT,
        followed: None,
        legend: true,
        turning: false,
    };
    for landscape in AnyLandscape::all() {
        let mut scene = Scene::new(landscape.clone());
        scene.training.steps = 20;
        scene.add_run("adam:lr=0.01".parse().unwrap());
        if scene.load(&NoFiles).is_err() {
            continue; // It needs a file.
        }
        let picture = picture(&runs(&scene), &options);
        if scene.dim() == 1 {
            assert!(picture.is_err());
            continue;
        }
        let items = picture.unwrap().items;
        let words: Vec<&str> = texts(&items).iter().map(|text| &*text.text).collect();
        let [x, y] = scene.axes();
        for name in [x, y, "Adam"] {
            let has = words.iter().any(|word| word.starts_with(name));
            assert!(has, "{}: {name} in {words:?}", landscape.name());
        }
        let Some(Item::Clipped { items, .. }) = items
            .iter()
            .find(|item| matches!(item, Item::Clipped { .. }))
        else {
            panic!("{}: no surface", landscape.name());
        };
        assert!(items.iter().any(|item| matches!(item, Item::Image { .. })));
    }
}

#[test]
fn a_narrow_picture_names_many_runs_below_unless_it_has_no_legend() {
    let mut scene = scene("himmelblau");
    for lr in ["0.001", "0.002", "0.005", "0.01", "0.02"] {
        scene.add_run(format!("sgd:lr={lr}").parse().unwrap());
    }
    let runs = runs(&scene);
    let names_below = |legend: bool| {
        let options = Options {
            size: [320.0, 250.0],
            step: None,
            theme: &Theme::LIGHT,
            followed: None,
            turning: false,
            legend,
        };
        let items = picture(&runs, &options).unwrap().items;
        let entries = items.iter().filter(|item| match item {
            Item::Text(text) => text.text.contains("SGD"),
            _ => false,
        });
        entries.count()
    };
    assert_eq!([true, false].map(names_below), [5, 0]);
}

#[test]
fn a_constant_landscape_is_level_and_says_its_value() {
    let scene = scene("formula:f=3+0*x*y,radius=2");
    with_surface(&scene, 17, |surface| {
        assert!(surface.relief.heights.iter().all(|height| *height == 0.5));
        let axes = surface.axes(["x", "y"], &Theme::LIGHT);
        assert!(texts(&axes).iter().any(|text| text.text == "3"));
        assert_eq!(surface.cut_note(), None);
    });
}

#[test]
fn the_relief_of_a_turning_surface_has_the_same_heights_on_fewer_points() {
    let mut scene = scene("himmelblau");
    scene.map.spacing = LevelSpacing::Linear;
    with_surface(&scene, 400, |surface| {
        let coarse = surface.relief.coarser();
        assert_eq!((surface.relief.columns, coarse.columns), (256, 128));
        for unit in [[0.0, 0.0], [0.3, 0.8], [1.0, 0.5], [1.0, 1.0]] {
            let [fine, coarse] = [surface.relief, &coarse].map(|relief| relief.on(unit).unwrap());
            assert!((fine[2] - coarse[2]).abs() < 1e-3, "{fine:?} {coarse:?}");
        }
    });
}
