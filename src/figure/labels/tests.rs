use super::*;
use crate::figure::drawing::{Drawing, texts};
use crate::figure::settle::overlaps;

const AREA: Area = Area::new([0.0; 2], [400.0, 300.0]);

fn run(name: &str, at: Point, style_index: usize) -> Label {
    Label {
        positions: Positions::Beside,
        runs: vec![style_index],
        size: 13.0,
        ..Label::new(Importance::Run, name, at, 5.5)
    }
}

fn placed(labels: Vec<Label>, setup: impl FnOnce(&mut Labels)) -> (Vec<Item>, Vec<String>) {
    let mut all = Labels::new(AREA, &Theme::LIGHT);
    setup(&mut all);
    for label in labels {
        all.add(label);
    }
    let items = all.place();
    let words = texts(&items).iter().map(|text| text.text.clone()).collect();
    let drawing = Drawing {
        size: AREA.max,
        items: items.clone(),
    };
    assert_eq!(overlaps(&drawing), [""; 0]);
    (items, words)
}

#[test]
fn leader_lines_do_not_cross() {
    assert!(cross(
        [[0.0, 0.0], [10.0, 10.0]],
        [[0.0, 10.0], [10.0, 0.0]]
    ));
    assert!(!cross(
        [[0.0, 0.0], [10.0, 10.0]],
        [[20.0, 10.0], [30.0, 0.0]]
    ));
    // Two runs next to each other in a plot whose middle is taken.
    let labels = vec![
        run("Momentum", [200.0, 150.0], 0),
        run("RMSprop", [206.0, 158.0], 1),
    ];
    let (items, words) = placed(labels, |all| {
        all.block(Area::new([110.0, 100.0], [290.0, 200.0]));
    });
    assert_eq!(words.len(), 2);
    let leaders: Vec<[Point; 2]> = { items.iter() }
        .filter_map(|item| match item {
            crate::figure::drawing::Item::Path { points, closed, .. } if !closed => {
                Some([*points.first()?, *points.last()?])
            }
            _ => None,
        })
        .collect();
    assert_eq!(leaders.len(), 2);
    assert!(!cross(leaders[0], leaders[1]), "{leaders:?}");
}

#[test]
fn names_that_a_legend_has_are_next_to_their_runs_or_left_out() {
    let labels = vec![run("Adam", [60.0, 60.0], 0), run("SGD", [200.0, 150.0], 1)];
    let mut all = Labels::new(AREA, &Theme::LIGHT).with_legend();
    all.block(Area::new([110.0, 60.0], [290.0, 240.0]));
    labels.into_iter().for_each(|label| all.add(label));
    let items = all.place();
    let words: Vec<&str> = texts(&items)
        .iter()
        .map(|text| text.text.as_str())
        .collect();
    assert_eq!(words, ["Adam"]);
}

#[test]
fn a_contour_number_never_touches_the_value_of_a_minimum() {
    // A number that would be beside "min 0" if it had its way: "min 07".
    let minimum = Label::new(Importance::Point, "min 0", [200.0, 150.0], 9.0);
    for x in 0..80_u8 {
        let on = vec![[180.0 + f32::from(x), 170.0], [300.0, 40.0]];
        let number = Label {
            positions: Positions::On(on.clone(), 3),
            ..Label::new(Importance::Contour, "7", on[0], 0.0)
        };
        let (items, words) = placed(vec![number, minimum.clone()], |_| {});
        assert_eq!(words, ["min 0", "7"]);
        let seven = texts(&items).into_iter().find(|text| text.text == "7");
        assert!(on.contains(&seven.unwrap().at), "the number is on its line");
    }
}

#[test]
fn names_of_few_runs_at_one_place_are_all_shown_and_many_are_a_chip() {
    let at = [200.0, 150.0];
    let names = ["SGD", "Adam", "Momentum", "Newton", "Lion", "Muon"];
    let labels = |count: usize| {
        let names = names.iter().take(count).enumerate();
        names
            .map(|(index, name)| run(name, at, index))
            .collect::<Vec<_>>()
    };
    assert_eq!(placed(labels(3), |_| {}).1, names[..3]);
    let (items, words) = placed(labels(6), |_| {});
    assert_eq!(words, ["6 runs"]);
    // Background and border, and a marker for each run.
    assert!(items.len() >= 3 + 6);
}

#[test]
fn a_name_without_a_free_place_joins_a_chip() {
    let labels = vec![
        run("Momentum", [60.0, 60.0], 0),
        run("Adam", [340.0, 60.0], 1),
    ];
    let (_, words) = placed(labels.clone(), |_| {});
    assert_eq!(words, ["Momentum", "Adam"]);
    let (_, words) = placed(labels, |all| all.block(Area::new([170.0, 0.0], AREA.max)));
    assert_eq!(words, ["2 runs"]);
    let all_taken = placed(vec![run("Adam", [60.0, 60.0], 1)], |all| all.block(AREA));
    assert!(all_taken.1.is_empty());
}

#[test]
fn a_label_far_from_its_mark_has_a_leader_line() {
    let at = [200.0, 150.0];
    let label = Label::new(Importance::Point, "saddle 13.31", at, 6.0);
    let is_line = |item: &Item| matches!(item, Item::Path { closed: false, .. });
    let (items, _) = placed(vec![label.clone()], |_| {});
    assert!(!items.iter().any(is_line));
    let (items, words) = placed(vec![label], |all| all.block_mark(at, 32.0));
    assert_eq!(words, ["saddle 13.31"]);
    assert!(items.iter().any(is_line));
}

#[test]
fn labels_keep_off_marks_and_paths_where_they_can() {
    let at = [200.0, 150.0];
    let below = Label::new(Importance::Point, "min 0", at, 9.0);
    let area_of = |items: &[Item]| text_width::area(texts(items)[0]);
    let (items, _) = placed(vec![below.clone()], |_| {});
    assert!(area_of(&items).min[1] > at[1]);
    let path = [[100.0, 166.0], [300.0, 166.0]];
    let (items, _) = placed(vec![below], |all| all.avoid(&path));
    let area = area_of(&items);
    assert!(area.max[1] < 166.0 || area.min[1] > 166.0, "{area:?}");
}

#[test]
fn numbers_of_contour_lines_are_apart() {
    let labels = (0..40_u16).map(|level| {
        let y = 20.0 + 6.5 * f32::from(level);
        let on = (1..20_u8).map(|k| [20.0 * f32::from(k), y]).collect();
        Label {
            positions: Positions::On(on, level),
            ..Label::new(Importance::Contour, format!("{level}"), [20.0, y], 0.0)
        }
    });
    let (items, words) = placed(labels.collect(), |_| {});
    assert!((8..=10).contains(&words.len()), "{words:?}");
    let texts = texts(&items);
    for (index, a) in texts.iter().enumerate() {
        let far = |b: &&Text| distance(a.at, b.at) >= CONTOUR_DISTANCES[0];
        assert!(texts[..index].iter().all(far));
    }
}
