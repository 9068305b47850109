//! The glossary: terms and symbols of the program in one to three sentences each.

use super::has_words;
use super::read_toml;
use crate::engine::declare::names::plain;
use serde::Deserialize;
use std::sync::OnceLock;

/// A term of the glossary.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The term.
    pub term: String,
    /// Symbols of update rules, maps and charts that stand for it.
    pub symbols: Vec<String>,
    /// Other names, among them those of settings.
    pub also: Vec<String>,
    /// One to three sentences.
    pub text: String,
    /// Name of the lesson that explains it.
    pub lesson: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GlossaryFile {
    terms: Vec<Term>,
}

impl Term {
    /// Returns the terms of the glossary that the program brings.
    ///
    /// # Errors
    /// Returns one sentence if the file cannot be read.
    pub fn bundled() -> Result<&'static [Self], String> {
        static TERMS: OnceLock<Result<Vec<Term>, String>> = OnceLock::new();
        let read = || {
            let text = include_str!("../../assets/glossary.toml");
            read_toml("glossary", text).map(|file: GlossaryFile| file.terms)
        };
        TERMS.get_or_init(read).as_deref().map_err(String::clone)
    }

    /// Returns the index of the term with a name, symbol or other name, in any case; of a name before a symbol.
    pub fn find(name: &str) -> Option<usize> {
        let symbol = || {
            let mut terms = Self::bundled().ok()?.iter();
            terms.position(|term| term.has_symbol(name.trim()))
        };
        Self::find_name(name).or_else(symbol)
    }

    /// Returns the index of the term with a name or other name, such as that of a setting, in any case.
    pub fn find_name(name: &str) -> Option<usize> {
        let terms = Self::bundled().ok()?;
        let wanted = plain(name);
        let by = |of: fn(&Self) -> Vec<&String>| {
            terms
                .iter()
                .position(|term| of(term).into_iter().any(|own| plain(own) == wanted))
        };
        by(|term| vec![&term.term]).or_else(|| by(|term| term.also.iter().collect()))
    }

    /// Whether a symbol stands for the term.
    pub fn has_symbol(&self, symbol: &str) -> bool {
        self.symbols.iter().any(|own| own == symbol)
    }

    /// Whether the term has every word of a query, in which names of Greek letters stand for the letters, too; a single character is a
    /// symbol, not a part of words.
    pub fn matches(&self, query: &str) -> bool {
        self.has_query(query) || self.has_query(&with_greek_letters(query))
    }

    fn has_query(&self, query: &str) -> bool {
        let query = query.trim();
        if query.chars().count() == 1 {
            return self.has_symbol(query);
        }
        let (symbols, also) = (self.symbols.join(" "), self.also.join(" "));
        let text = format!("{} {symbols} {also} {}", self.term, self.text);
        has_words(&text, query)
    }

    /// Returns the symbols as one text, separated by commas; empty without symbols.
    pub fn symbol_text(&self) -> String {
        self.symbols.join(", ")
    }
}

/// Names of Greek letters, and the letters.
const GREEK: &[(&str, &str)] = &[
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("eta", "η"),
    ("theta", "θ"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("phi", "φ"),
    ("nabla", "∇"),
];

/// Returns a query with Greek letters in place of their names: `lambda max` becomes `λmax`, as it is written.
fn with_greek_letters(query: &str) -> String {
    let lower = query.trim().to_lowercase();
    for (name, letter) in GREEK {
        if let Some(rest) = lower.strip_prefix(name) {
            return format!("{letter}{}", rest.trim_start_matches([' ', '_', '-']));
        }
    }
    query.trim().to_owned()
}

/// Returns the terms of a symbol, a name or words: all that have the symbol, or the one with exactly this name, or all that have every
/// word, those with the words in their name first.
///
/// # Errors
/// Returns one sentence if no term matches, or the glossary cannot be read.
pub fn search(query: &str) -> Result<Vec<&'static Term>, String> {
    let terms = Term::bundled()?;
    let named = Term::find_name(query);
    let letters = with_greek_letters(query);
    let belongs = |(index, term): &(usize, &Term)| {
        named == Some(*index) || term.has_symbol(query.trim()) || term.has_symbol(&letters)
    };
    let of_symbol = terms.iter().enumerate().filter(belongs);
    let of_symbol: Vec<&Term> = of_symbol.map(|(_, term)| term).collect();
    if !of_symbol.is_empty() {
        return Ok(of_symbol);
    }
    let mut found: Vec<&Term> = terms.iter().filter(|term| term.matches(query)).collect();
    found.sort_by_key(|term| !has_words(&term.term, query));
    if found.is_empty() {
        return Err(format!(
            "the glossary has no term `{query}`; expected a term or symbol such as learning rate, κ or noise floor"
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::bundled::find_step;
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::optimizer::AnyOptimizer;
    use crate::engine::results::compute_runs;
    use crate::engine::scene::Scene;
    use crate::engine::wrapper::AnyWrapper;
    use crate::figure::maths::letters;
    use crate::figure::metric_chart::landscape_charts;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    #[test]
    fn terms_are_found_by_name_setting_and_symbol() {
        let terms = Term::bundled().unwrap();
        let found = |name: &str| Term::find(name).map(|index| terms[index].term.as_str());
        assert_eq!(found("Learning rate"), Some("learning rate"));
        assert_eq!(found("clip_norm"), Some("gradient clipping"));
        assert_eq!(found("κ"), Some("condition number"));
        assert_eq!(found("γ"), Some("learning rate"));
        assert_eq!(found("zzz"), None);
        assert!(search("eigenvalue hessian").unwrap().len() > 1);
        assert!(search("zzz").unwrap_err().contains("no term `zzz`"));
    }

    #[test]
    fn a_search_in_the_words_of_a_student_finds_the_term() {
        for (query, term) in [
            ("kappa", "condition number"),
            ("lambda max", "λmax"),
            ("lambda", "curvature"),
            ("gamma", "learning rate"),
            ("what is a Hessian?", "Hessian"),
            ("regularisation", "weight decay"),
            ("regularization", "weight decay"),
            ("minibatch", "mini-batch"),
            ("backpropagation", "backpropagation"),
            ("chain rule", "backpropagation"),
            ("overshooting", "momentum"),
            ("generalisation", "test loss"),
            ("early stopping", "test loss"),
            ("cross entropy", "loss of a network"),
            ("mse", "loss of a network"),
            ("softmax", "loss of a network"),
            ("Xavier", "initialisation"),
            ("Kaiming", "initialisation"),
            ("Taylor", "Taylor's formula"),
            ("tangent", "Taylor's formula"),
            ("Lipschitz", "smoothness"),
            ("level set", "contour line"),
            ("trajectory", "trail"),
            ("convex", "convex function"),
            ("eigenvector", "eigenvector"),
            ("logarithmic axis", "logarithmic axis"),
            ("median", "seed"),
        ] {
            let found = search(query).unwrap_or_default();
            assert!(found.iter().any(|own| own.term == term), "{query}: {term}");
        }
        assert_eq!(search("what is a Hessian?").unwrap()[0].term, "Hessian");
    }

    #[test]
    fn a_symbol_finds_all_of_its_terms_and_a_letter_no_words() {
        let found = |query: &str| {
            let found = search(query).unwrap();
            found
                .iter()
                .map(|term| term.term.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(found("B"), ["Hessian", "mini-batch"]);
        assert_eq!(found("λ"), ["weight decay", "curvature"]);
        for symbol in ["B", "λ", "ρ", "τ"] {
            let all = Term::bundled().unwrap().iter();
            let count = all.filter(|term| term.has_symbol(symbol)).count();
            assert!(count > 1 && found(symbol).len() == count, "{symbol}");
        }
        assert!(search("j").is_err());
    }

    #[test]
    fn every_line_of_theory_has_a_term_with_its_formula() {
        use crate::engine::analysis::theory::line_formula;
        let terms = Term::bundled().unwrap();
        for name in [
            "1/t bound",
            "rate bound",
            "growth rate",
            "momentum rate",
            "strong convexity bound",
            "noise floor",
        ] {
            let term = &terms[Term::find_name(name).unwrap()];
            assert_eq!(term.term, name);
            let formula = line_formula(name).unwrap();
            assert!(term.text.contains(formula), "{name}: {formula}");
        }
    }

    #[test]
    fn every_term_has_one_to_three_sentences_and_its_own_name() {
        let mut names = BTreeSet::new();
        for term in Term::bundled().unwrap() {
            assert!(names.insert(&term.term), "{}", term.term);
            let text = term.text.replace("et al. ", "");
            let sentences = text.split_inclusive([' ']).filter(|word| {
                let word = word.trim_end().trim_end_matches(')');
                word.ends_with('.')
            });
            let count = sentences.count();
            assert!((1..=3).contains(&count), "{}: {count}", term.term);
        }
    }

    #[test]
    fn every_symbol_of_every_update_rule_is_in_the_glossary() {
        let terms = Term::bundled().unwrap();
        let mut lines = BTreeSet::new();
        for mut optimizer in AnyOptimizer::all() {
            lines.extend(optimizer.as_dyn().update_lines());
            let flags: Vec<&str> = { optimizer.settings().params().iter() }
                .map(|param| param.name)
                .collect();
            for name in flags {
                // Some lines are shown only with a setting that is off by default.
                let index = optimizer.settings().index(name).unwrap();
                let before = optimizer.settings().value(index);
                for text in ["true", "0.1", "hat", "inside", "ema", "polyak"] {
                    let param = &optimizer.settings().params()[index];
                    if let Ok(value) = param.parse(text)
                        && optimizer.settings_mut().set(name, value).is_ok()
                    {
                        lines.extend(optimizer.as_dyn().update_lines());
                    }
                }
                optimizer.settings_mut().set(name, before).unwrap();
            }
        }
        for wrapper in AnyWrapper::all() {
            lines.extend(wrapper.as_dyn().update_lines());
        }
        let mut missing = BTreeSet::new();
        for line in lines {
            for letter in letters(line) {
                if !terms.iter().any(|term| term.has_symbol(&letter)) {
                    missing.insert(letter);
                }
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_term_links_to_a_lesson() {
        for term in Term::bundled().unwrap() {
            assert!(find_step(&term.lesson).is_ok(), "{}", term.term);
        }
    }

    #[test]
    fn every_chart_title_has_a_term() {
        let mut scene = Scene::opening();
        scene.training.steps = 5;
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        let runs = compute_runs(&scene, &problem, None, &Cancel::default()).unwrap();
        let charts = landscape_charts(&runs);
        assert!(charts.len() >= 4);
        for chart in charts {
            let title = chart.title.split([';', '‖']).next().unwrap().trim();
            assert!(Term::find(title).is_some(), "{title}");
        }
    }
}
