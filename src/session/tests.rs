//! The session on its own threads: the newest scene wins, and errors do not stay.

use super::*;
use crate::engine::files::NoFiles;
use crate::engine::scene::Scene;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_mins(1);

#[test]
fn results_are_those_of_the_newest_scene() {
    let session = Session::new(Arc::new(NoFiles), || {}).unwrap();
    let mut scene = Scene::opening();
    for steps in 1..50 {
        scene.training.steps = steps;
        session.update(&scene, Rect::square(2.0));
    }
    session.runs.wait(TIMEOUT);
    session.map_data.wait(TIMEOUT);
    let runs = session.runs.newest().unwrap();
    let runs = (*runs).as_ref().unwrap_or_else(|error| panic!("{error}"));
    assert!(
        runs.results
            .iter()
            .all(|result| result.trajectory.len() == 50 && result.curvature.len() == 50)
    );
    let map_data = session.map_data.newest().unwrap();
    assert!(
        (*map_data)
            .as_ref()
            .is_ok_and(|map_data| map_data.complete && !map_data.lines.is_empty())
    );
    assert!(!session.runs.busy() && !session.map_data.busy());
}

#[test]
fn a_refused_scene_gives_an_error_and_the_next_scene_works() {
    let session = Session::new(Arc::new(NoFiles), || {}).unwrap();
    let mut scene = Scene::opening();
    scene.landscape_scene_mut().landscape = "formula:f=x+".parse().unwrap();
    session.update(&scene, Rect::square(2.0));
    session.runs.wait(TIMEOUT);
    assert!(session.runs.newest().is_some_and(|runs| runs.is_err()));
    session.update(&Scene::opening(), Rect::square(2.0));
    session.runs.wait(TIMEOUT);
    assert!(session.runs.newest().is_some_and(|runs| runs.is_ok()));
}
