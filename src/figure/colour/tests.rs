//! Tests that colours of the landscape and of runs are distinct, also for colour-blind eyes.

use super::*;

const THEMES: [Theme; 2] = [Theme::LIGHT, Theme::DARK];

fn linear(colour: Colour) -> [f64; 3] {
    [colour.r, colour.g, colour.b].map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.040_45 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    })
}

/// Converts linear sRGB to `OKLab`.
#[expect(clippy::many_single_char_names, reason = "the source's symbols")]
fn oklab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).powi(2))
        .sum::<f64>()
        .sqrt()
}

/// Computes the contrast ratio of WCAG 2.2.
fn contrast(a: Colour, b: Colour) -> f64 {
    let luminance = |colour| {
        let [r, g, b] = linear(colour);
        0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
    };
    let [a, b] = [luminance(a), luminance(b)];
    (a / b).max(b / a)
}

#[test]
fn runs_contrast_with_the_backgrounds() {
    for theme in THEMES {
        for run in 0..3 * RUN_HUES {
            let colour = run_colour(run, &theme);
            for background in [theme.background, theme.plot_background] {
                let ratio = contrast(colour, background);
                assert!(ratio >= 3.0, "run {run}, dark {}: {ratio}", theme.dark);
            }
        }
        assert!(contrast(theme.ink, theme.background) > 12.0);
        assert!(contrast(theme.faint, theme.background) > 4.5);
    }
}

#[test]
fn another_lightness_of_a_hue_is_another_colour() {
    for theme in THEMES {
        for run in 0..RUN_HUES {
            let [first, second, third] =
                [0, 1, 2].map(|k| lightness(run_colour(run + k * RUN_HUES, &theme)));
            for (a, b) in [(first, second), (second, third), (first, third)] {
                assert!((a - b).abs() > 9.0, "run {run}: {first}, {second}, {third}");
            }
        }
    }
}

#[test]
fn the_first_five_runs_differ_for_colour_blind_eyes() {
    // Severity 1.0 of Machado, Oliveira and Fernandes, A physiologically-based model for simulation of color vision
    // deficiency, 2009: protanopia and deuteranopia, on linear sRGB.
    let eyes = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ];
    for theme in THEMES {
        for eye in &eyes {
            let seen = |run| {
                let light = linear(run_colour(run, &theme));
                oklab([0, 1, 2].map(|i| {
                    eye[i]
                        .iter()
                        .zip(light)
                        .map(|(e, c)| e * c)
                        .sum::<f64>()
                        .max(0.0)
                }))
            };
            for a in 0..5 {
                for b in 0..a {
                    let apart = distance(seen(a), seen(b));
                    assert!(
                        apart > 0.06,
                        "runs {a} and {b}, dark {}: {apart}",
                        theme.dark
                    );
                }
            }
        }
    }
}

#[test]
fn neighbouring_runs_differ_in_colour_dash_and_marker() {
    for run in 0..40 {
        assert_ne!(run_dash(run), run_dash(run + 1));
        assert_ne!(run_marker(run), run_marker(run + 1));
        assert_ne!(
            run_colour(run, &Theme::LIGHT),
            run_colour(run + 1, &Theme::LIGHT)
        );
        let again = run + RUN_HUES;
        assert!(run_dash(run) != run_dash(again) && run_marker(run) != run_marker(again));
    }
}

#[test]
fn shades_of_a_run_differ_contrast_and_keep_its_marker() {
    for theme in [&Theme::LIGHT, &Theme::DARK] {
        for run in [0, 4, 13, NEUTRAL] {
            let shades: Vec<Colour> = (0..5)
                .map(|number| run_colour(shade_index(run, number), theme))
                .collect();
            for (at, shade) in shades.iter().enumerate() {
                let away = (lightness(*shade) - lightness(theme.background)).abs();
                assert!(
                    away > 30.0,
                    "{run}: shade {at} is {away} from the background"
                );
                assert!(!shades[..at].contains(shade), "{run}: shade {at}");
            }
        }
        assert_eq!(run_colour(shade_index(3, 0), theme), run_colour(3, theme));
        assert_eq!(run_colour(shade_index(NEUTRAL, 0), theme), theme.ink);
    }
    assert_eq!(run_marker(shade_index(3, 2)), run_marker(3));
    assert_eq!(shade_number(shade_index(99, 7)), Some(7));
    assert_eq!(shade_number(99), None);
}
