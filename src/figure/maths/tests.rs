use super::*;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::training::symbols;
use crate::engine::wrapper::AnyWrapper;

/// Width of a text in a font whose glyphs are all half as wide as high.
fn half(text: &str, _: Style, size: f32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a few glyphs")]
    let glyphs = text.chars().count() as f32;
    0.5 * size * glyphs
}

fn set(line: &str, width: f32, number: &dyn Fn(&Slot) -> Option<String>) -> ([f32; 2], Vec<Part>) {
    let setting = Typesetting {
        size: 10.0,
        width,
        measure: &half,
        number,
    };
    typeset(line, &setting)
}

fn plain(line: &str) -> ([f32; 2], Vec<Part>) {
    set(line, f32::INFINITY, &|_| None)
}

/// Returns the glyphs with the left end of their baseline and their size, in tenths of a point.
fn boxes(line: &str) -> String {
    let (_, parts) = plain(line);
    let tenths = |value: f32| (10.0 * value).round();
    let glyphs = parts.iter().filter_map(|part| match part {
        Part::Glyphs { text, size, at, .. } => Some(format!(
            "{text} {} {} {}",
            tenths(at[0]),
            tenths(at[1]),
            tenths(*size)
        )),
        Part::Line { .. } => None,
    });
    glyphs.collect::<Vec<_>>().join(", ")
}

fn at(parts: &[Part], wanted: &str) -> [f32; 2] {
    let found = parts.iter().find_map(|part| match part {
        Part::Glyphs { text, at, .. } if text == wanted => Some(*at),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no {wanted}"))
}

fn variable(text: &str) -> Node {
    Node::Variable(text.to_owned())
}

fn fraction(above: Node, below: Node) -> Node {
    Node::Fraction(Box::new(above), Box::new(below))
}

#[test]
fn a_fraction_has_the_product_before_and_the_factor_after_its_line() {
    let row = |line: &str| match parse(line) {
        Node::Row(nodes) => nodes,
        node => vec![node],
    };
    let ab = Node::Row(vec![variable("a"), variable("b")]);
    assert_eq!(
        row("x − a b / c d"),
        [
            variable("x"),
            Node::Sign('−'),
            fraction(ab, variable("c")),
            variable("d")
        ]
    );
    // Parentheses around a whole numerator or denominator go, and a fraction of a fraction has one line.
    let sum = Node::Row(vec![variable("a"), Node::Sign('+'), variable("b")]);
    assert_eq!(row("(a + b) / (c)"), [fraction(sum, variable("c"))]);
    let cd = Node::Row(vec![variable("c"), variable("d")]);
    assert_eq!(row("a / c / d"), [fraction(variable("a"), cd)]);
    // Signs without spaces belong to one factor.
    let Node::Fraction(_, below) = parse("1/yᵀs") else {
        panic!()
    };
    assert!(matches!(*below, Node::Joined(ref nodes) if nodes.len() == 2));
}

#[test]
fn words_are_prose_and_symbols_are_not() {
    let words = |line: &str| {
        let mut words = Vec::new();
        let parsed = parse(line);
        if let Node::Row(nodes) = &parsed {
            for node in nodes {
                if let Node::Words(text) = node {
                    words.push(text.clone());
                }
            }
        }
        words
    };
    let none: [&str; 0] = [];
    assert_eq!(words("{θ} ← {θ<} − {γ=lr} m̂ / (√v̂ + {ε=eps})"), none);
    assert_eq!(
        words("Δ ← r m̂ if {ρ} > 5, else m̂"),
        ["if".to_owned(), "else".to_owned()]
    );
    assert_eq!(
        words("{a} ← a length that satisfies the strong Wolfe conditions"),
        ["a length that satisfies the strong Wolfe conditions"]
    );
    assert_eq!(words("x ← sign(u) + max(a, b) + ln x"), none);
}

#[test]
fn layout_boxes_of_typical_rules() {
    assert_eq!(
        boxes("{m} ← {β₁=beta1} {m<} + {g}²"),
        "m 0 89 100, ← 82 89 100, β 164 89 100, 1 219 113 70, m 271 89 100, + 345 89 100, g 419 89 100, 2 474 52 70"
    );
    let (size, parts) = plain("a / b");
    let (above, below) = (at(&parts, "a"), at(&parts, "b"));
    let line = parts.iter().find_map(|part| match part {
        Part::Line { points, .. } => Some(points.clone()),
        Part::Glyphs { .. } => None,
    });
    let line = line.unwrap();
    assert!(above[1] < line[0][1] && line[0][1] < below[1]);
    assert!((above[0] - below[0]).abs() < 0.01, "both are in the middle");
    assert!(line[0][0] < above[0] && line[1][0] > above[0] + 5.0 && size[0] >= line[1][0]);
}

#[test]
fn brackets_and_roots_grow_with_their_content() {
    let height = |line: &str| {
        let (_, parts) = plain(line);
        let lines = parts.iter().filter_map(|part| match part {
            Part::Line { points, .. } if points.len() > 4 => Some(points.clone()),
            _ => None,
        });
        let span = |points: Vec<[f32; 2]>| {
            let ys = points.iter().map(|point| point[1]);
            ys.clone().fold(f32::MIN, f32::max) - ys.fold(f32::MAX, f32::min)
        };
        lines.map(span).fold(0.0, f32::max)
    };
    assert_eq!(height("(a + b)"), 0.0, "a glyph of the font");
    assert!(height("(a / b)²") > 15.0);
    assert!(height("√(a / b)") > height("√a") + 5.0);
    // Numbers under symbols do not make brackets grow.
    let (_, parts) = set("(1 − {β=beta})", f32::INFINITY, &|_| {
        Some("0.9".to_owned())
    });
    assert!(parts.iter().all(|part| matches!(part, Part::Glyphs { .. })));
}

#[test]
fn numbers_stand_under_their_symbols() {
    let number = |slot: &Slot| (slot.name == "lr").then(|| "0.001".to_owned());
    let (size, parts) = set("{θ} ← {θ<} − {γ=lr} {g}", f32::INFINITY, &number);
    let (symbol, number) = (at(&parts, "γ"), at(&parts, "0.001"));
    assert!(number[1] > symbol[1] + 5.0);
    let middle = |[x, _]: [f32; 2], text: &str, size: f32| x + 0.5 * half(text, Style::Words, size);
    let offset = middle(symbol, "γ", 10.0) - middle(number, "0.001", 7.2);
    assert!(offset.abs() < 0.01, "{offset}");
    assert!(size[1] > plain("{θ} ← {θ<} − {γ=lr} {g}").0[1] + 5.0);
    let roles = parts.iter().filter(|part| match part {
        Part::Glyphs { role, .. } => matches!(role, Role::Number(slot) if slot.name == "lr"),
        Part::Line { .. } => false,
    });
    assert_eq!(roles.count(), 1);
}

#[test]
fn a_number_under_a_power_has_the_exponent_in_numbers() {
    let number = |slot: &Slot| match slot.name.as_str() {
        "g" => Some("−0.03".to_owned()),
        "beta1" => Some("0.9".to_owned()),
        "t" => Some("58".to_owned()),
        _ => None,
    };
    let (_, parts) = set("{g}² / (1 − {β₁=beta1}^{t})", f32::INFINITY, &number);
    let below = |text: &str, exponent: &str| {
        let [x, y] = at(&parts, text);
        let beside = parts.iter().any(|part| match part {
            Part::Glyphs { text, at, role, .. } => {
                let raised = at[0] > x && at[1] < y && at[1] > y - 5.0;
                text == exponent && raised && matches!(role, Role::Number(_))
            }
            Part::Line { .. } => false,
        });
        assert!(beside, "{text} to the power of {exponent}");
    };
    below("(−0.03)", "2");
    below("0.9", "58");
    let count = |wanted: &str| {
        let texts = parts
            .iter()
            .filter(|part| matches!(part, Part::Glyphs { text, .. } if text == wanted));
        texts.count()
    };
    assert_eq!((count("58"), count("t")), (1, 1));
}

#[test]
fn primes_stand_upper_right_before_the_exponent() {
    let (_, parts) = plain("f′²");
    let (letter, exponent) = (at(&parts, "f"), at(&parts, "2"));
    let prime = parts.iter().find_map(|part| match part {
        Part::Line { points, .. } => Some(points.clone()),
        Part::Glyphs { .. } => None,
    });
    for [x, y] in prime.unwrap() {
        assert!(x > letter[0] + 5.0 && x < exponent[0] && y < letter[1] - 4.0);
    }
    let lines = |line: &str| {
        let parts = plain(line).1.into_iter();
        parts
            .filter(|part| matches!(part, Part::Line { .. }))
            .count()
    };
    assert_eq!([lines("f′(x)"), lines("f″(x)")], [1, 2]);
}

#[test]
fn a_superscript_after_a_subscript_is_above() {
    for formula in ["γ_t²", "γₜ²"] {
        let (_, parts) = plain(formula);
        let (letter, exponent, index) = (at(&parts, "γ"), at(&parts, "2"), at(&parts, "t"));
        assert!(exponent[1] < letter[1] && index[1] > letter[1], "{formula}");
    }
}

#[test]
fn all_glyphs_of_a_line_have_one_baseline() {
    let (_, parts) = plain("x ← a b + (c − d) · e");
    let baselines: Vec<f32> = { parts.iter() }
        .filter_map(|part| match part {
            Part::Glyphs { at, .. } => Some(at[1]),
            Part::Line { .. } => None,
        })
        .collect();
    assert!(baselines.len() > 8 && baselines.iter().all(|y| *y == baselines[0]));
}

#[test]
fn wide_rules_break_before_operators_and_stay_within_the_width() {
    let line = "{s} ← {β₂=beta2} {s<} + (1 − {β₂=beta2}) ({g} − {m})² + {ε=eps}";
    let ([whole, one], _) = plain(line);
    let ([width, two], parts) = set(line, 0.75 * whole, &|_| None);
    assert!(width <= 0.75 * whole && two > 1.8 * one, "{width} {two}");
    let starts = parts.iter().any(|part| match part {
        Part::Glyphs { text, at, .. } => text == "+" && at[0] < 20.0 && at[1] > one,
        Part::Line { .. } => false,
    });
    assert!(starts, "the second line begins with its operator");
}

#[test]
fn every_update_rule_is_set_with_all_of_its_letters() {
    let mut lines: Vec<&str> = Vec::new();
    for optimizer in AnyOptimizer::all() {
        lines.extend(optimizer.as_dyn().update_lines());
    }
    for wrapper in AnyWrapper::all() {
        lines.extend(wrapper.as_dyn().update_lines());
    }
    assert!(lines.len() > 150);
    for line in lines {
        let ([width, height], parts) = plain(line);
        assert!(width > 0.0 && height > 5.0, "{line}");
        let mut set: Vec<char> = Vec::new();
        for part in &parts {
            if let Part::Glyphs { text, at, size, .. } = part {
                set.extend(text.chars());
                let right = at[0] + half(text, Style::Words, *size);
                assert!(at[0] >= -0.01 && right <= width + 0.01, "{line}: {text}");
                assert!(at[1] > 0.0 && at[1] <= height, "{line}: {text}");
            }
        }
        let count = |c: char, all: &[char]| all.iter().filter(|own| **own == c).count();
        let accents = [("ŝ", "s"), ("û", "u"), ("â", "a")];
        let wanted = { accents.iter() }.fold(symbols(line), |text, (accented, letter)| {
            text.replace(accented, letter)
        });
        let wanted: Vec<char> = wanted.chars().collect();
        for letter in wanted
            .iter()
            .filter(|c| c.is_ascii_alphabetic() || ('Α'..='ω').contains(*c))
        {
            assert_eq!(
                count(*letter, &set),
                count(*letter, &wanted),
                "{line}: {letter}"
            );
        }
    }
}

#[test]
fn any_text_can_be_set() {
    for line in [
        "", " ", "{", "}", "(", ")", "a /", "/ b", "√", "^", "x^", "x_", "‖", "a‖b", "((", "{=}",
        "²", "−", "1e", "1e-6", "…",
    ] {
        let ([width, height], _) = plain(line);
        assert!(width.is_finite() && height.is_finite(), "{line}");
    }
}
