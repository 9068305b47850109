use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::results::compute_runs;
use crate::engine::scene::Scene;
use crate::figure::drawing::Point;
use std::sync::Arc;

fn runs(landscape: &str, specs: &[&str]) -> Runs {
    let mut scene = Scene::new(landscape.parse().unwrap());
    scene.training.steps = 60;
    for spec in specs {
        scene.add_run(spec.parse().unwrap());
    }
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    compute_runs(&scene, &problem, None, &Cancel::default()).unwrap()
}

/// Returns the tips of the arrows in the plot of a chart, and the plot.
fn arrow_tips(runs: &Runs, chart: &MetricChart) -> (Vec<Point>, Area) {
    let area = Area::new([0.0, 0.0], [300.0, 200.0]);
    let x_axis = XAxis {
        runs,
        by_cost: false,
        row: 60,
    };
    let plot = chart.chart(area, &x_axis, &Theme::LIGHT).plot();
    let items = chart.draw(area, &x_axis, &Theme::LIGHT);
    let tip = |item: &Item| match item {
        Item::Path {
            points,
            stroke: None,
            ..
        } if points.len() == 3 => Some(points[0]),
        _ => None,
    };
    let inside = items.iter().find_map(|item| match item {
        Item::Clipped { items, .. } => Some(items),
        _ => None,
    });
    let tips = inside.unwrap().iter().filter_map(tip);
    // Some markers of runs are triangles too: arrows touch an end of the plot.
    let at_end = |tip: &Point| plot.min[1] == tip[1] || plot.max[1] == tip[1];
    (tips.filter(at_end).collect(), plot)
}

#[test]
fn a_diverging_run_does_not_shape_the_ranges_of_charts() {
    let (good, bad) = ("sgd:lr=1e-3", "sgd:lr=0.1");
    let alone = landscape_charts(&runs("rosenbrock", &[good]));
    let with_diverging = runs("rosenbrock", &[good, bad]);
    assert!(has_diverged(&with_diverging.results[1]));
    let charts = landscape_charts(&with_diverging);
    for (alone, both) in alone.iter().zip(&charts).take(3) {
        let highest = both.lines.iter().flat_map(|line| &line.values);
        assert!(
            highest.fold(0.0, |a: f64, b| a.max(*b)) > 1e9,
            "{}",
            both.title
        );
        assert!(both.y_range[1] <= 10.0 * alone.y_range[1], "{}", both.title);
        assert!(both.y_range[0] >= 0.1 * alone.y_range[0], "{}", both.title);
        let leaving = both.lines.iter().filter(|line| line.leaves_range);
        assert_eq!(leaving.count(), 1, "{}", both.title);
        let (tips, plot) = arrow_tips(&with_diverging, both);
        assert_eq!(tips.len(), 1, "{}", both.title);
        assert_eq!(tips[0][1], plot.min[1], "{}", both.title);
        assert!(tips[0][0] < plot.min[0] + 30.0, "{}: {tips:?}", both.title);
    }
    // Its learning rate is as constant as any other, and counts.
    let lr = charts.last().unwrap();
    assert_eq!(lr.y_range, [1e-3, 0.1]);
    assert!(arrow_tips(&with_diverging, lr).0.is_empty());
    assert!(arrow_tips(&with_diverging, &alone[0]).0.is_empty());
}

#[test]
fn charts_of_diverging_runs_only_show_the_rows_before_the_last_decades_of_growth() {
    let diverging = runs("quadratic", &["sgd:lr=1", "sgd:lr=3"]);
    for result in &diverging.results {
        assert!(has_diverged(result));
    }
    let loss = &landscape_charts(&diverging)[0];
    let first = diverging.results[0].trajectory.loss[0];
    assert!(loss.y_range[0] <= first && loss.y_range[1] > first);
    assert!(loss.y_range[1] <= 1e3 * first, "{:?}", loss.y_range);
    assert_eq!(arrow_tips(&diverging, loss).0.len(), 2);
}
