//! Fuzzy search over names: of commands, optimizers, landscapes and files; and other words for them.

use crate::engine::landscape::AnyLandscape;
use crate::engine::optimizer::AnyOptimizer;

/// Penalty of a match in other words for a thing than its name.
const ALIAS: usize = 2;

/// Other words for optimizers: the spec that they mean, and the words, separated by commas.
const OPTIMIZER_ALIASES: [(&str, &str); 33] = [
    (
        "sgd",
        "gradient descent, gd, steepest descent, vanilla, stochastic gradient descent",
    ),
    (
        "sgd:momentum=0.9",
        "momentum, heavy ball, heavy-ball, polyak momentum, sgdm",
    ),
    (
        "sgd:momentum=0.9,nesterov=true",
        "nesterov momentum, accelerated gradient, nag",
    ),
    ("adam", "adaptive moments"),
    ("adam:amsgrad=true", "amsgrad"),
    ("adamw", "decoupled weight decay"),
    ("nadam", "nesterov adam"),
    ("radam", "rectified adam"),
    ("asgd", "averaged sgd, polyak averaging"),
    ("rprop", "resilient propagation"),
    ("lbfgs", "quasi-newton, lbfgs, limited memory"),
    ("bfgs", "quasi-newton"),
    ("conjugate-gradient", "cg, fletcher-reeves, polak-ribiere"),
    ("nelder-mead", "simplex, amoeba, derivative-free"),
    ("cma-es", "evolution strategy, cmaes, derivative-free"),
    ("newton", "second order, hessian"),
    ("natural-gradient", "fisher, ngd"),
    ("gauss-newton", "least squares"),
    ("line-search", "backtracking, armijo, wolfe"),
    ("barzilai-borwein", "bb, spectral step"),
    ("signsgd", "sign descent"),
    ("lion", "evolved sign momentum"),
    ("qhm", "quasi-hyperbolic momentum"),
    ("aggmo", "aggregated momentum"),
    ("lamb", "large batch, layerwise"),
    ("lars", "large batch, layerwise"),
    ("muon", "orthogonalized momentum, newton-schulz"),
    ("shampoo", "kronecker, preconditioner"),
    ("prodigy", "parameter-free, learning-rate-free"),
    (
        "dadapt-adam",
        "parameter-free, learning-rate-free, d-adaptation",
    ),
    ("sophia", "second order, diagonal hessian"),
    ("adahessian", "second order, diagonal hessian, hutchinson"),
    ("trust-region", "second order, dogleg"),
];

/// Other words for landscapes: the name that they mean, and the words, separated by commas.
const LANDSCAPE_ALIASES: [(&str, &str); 9] = [
    ("rosenbrock", "banana"),
    ("rastrigin", "egg box, egg carton, cosines"),
    ("quadratic", "bowl, ill-conditioned, ellipse"),
    ("formula", "expression, custom, own function"),
    ("image", "picture, photo"),
    ("grid", "matrix, heights, csv, npy"),
    ("regression", "least squares, linear fit, csv"),
    ("monkey-saddle", "monkey"),
    ("himmelblau", "four minima"),
];

/// Other words for commands: the title in the menus that they mean, and the words, separated by commas.
const COMMAND_ALIASES: [(&str, &str); 62] = [
    ("New scene", "reset, clear, start over"),
    ("New network", "neural network, mlp, model, deep learning"),
    ("Open scene…", "load, file"),
    ("Examples…", "gallery, samples, demos, templates"),
    ("Save scene", "write file"),
    (
        "Export…",
        "save picture, save image, png, pdf, svg, gif, apng, mp4, figure, film, movie, video, animation, download",
    ),
    ("Quit", "exit, close the program"),
    ("Undo", "revert, back"),
    ("Redo", "repeat, again"),
    ("Copy picture", "screenshot, copy image, copy figure"),
    ("Copy scene", "copy as text, copy settings"),
    ("Paste", "insert from clipboard, add runs"),
    ("Play or pause", "animate, start, stop, run"),
    ("Step forward", "next iteration"),
    ("Step back", "previous iteration"),
    ("First step", "rewind, start"),
    ("Last step", "end, final iteration"),
    ("Play from the start", "replay, restart, rewind"),
    ("Map", "contour, heatmap, level sets, loss landscape"),
    ("Side by side", "compare, small multiples, grid of runs"),
    ("Surface", "3d, three-dimensional, mesh, perspective"),
    ("Basins", "basins of attraction, convergence map, starts"),
    (
        "Sweep",
        "learning rate sweep, lr range test, grid search, tuning, hyperparameters",
    ),
    (
        "Predictions",
        "decision boundary, classification, confusion matrix",
    ),
    ("Projection error", "residual, distance from the plane"),
    ("Spectrum", "eigenvalues, hessian, curvature, sharpness"),
    ("Seeds", "random planes, random directions, variance"),
    (
        "Connect",
        "mode connectivity, interpolation, barrier, curve",
    ),
    ("Split", "two views, compare, second view"),
    ("Full view", "reset view, fit, home, zoom out"),
    ("Light or dark", "theme, dark mode, night mode, colours"),
    ("Left panel", "sidebar, settings, hide, show, optimizers"),
    ("Right panel", "sidebar, charts, table, hide, show"),
    (
        "Presentation",
        "full screen, fullscreen, projector, lecture, slide show, beamer",
    ),
    ("Larger text", "zoom in, font size, bigger, increase, scale"),
    ("Smaller text", "zoom out, font size, decrease, scale"),
    ("Text at 100 %", "font size, reset zoom, normal text"),
    ("Colours by height", "fill, heatmap, colormap"),
    ("Hill shading", "relief, hillshade"),
    ("Contour lines", "isolines, level lines, level sets"),
    ("Numbers on contour lines", "labels, values"),
    (
        "Gradient arrows",
        "vector field, quiver, gradient field, slope",
    ),
    ("Minima", "optima, optimum, minimum, solution"),
    ("Saddles", "saddle points"),
    ("All critical points in view", "stationary points, maxima"),
    ("Trails", "trajectories, paths, runs"),
    ("Tangent", "slope, derivative"),
    (
        "Optimizer state",
        "internals, momentum, velocity, update vector",
    ),
    ("Data and fitted lines", "regression, inset"),
    ("Pause or go on", "pause training, resume, continue"),
    ("Stop here", "stop training, early stopping, cancel"),
    ("Train on", "more steps, continue training, more epochs"),
    ("Next step of the lesson", "continue the lesson"),
    ("Previous step of the lesson", "lesson back"),
    ("Return to the step", "reset the lesson, discard changes"),
    ("Show the answer or the run", "reveal, solution"),
    ("Leave or continue the lesson", "exit lesson, tutorial"),
    (
        "Why did it do that?",
        "explain, explanation, diagnose, reason",
    ),
    (
        "Keyboard shortcuts",
        "keys, hotkeys, key bindings, mouse, help",
    ),
    ("Guide", "manual, documentation, tutorial, help, how to"),
    ("Glossary", "terms, definitions, vocabulary, help"),
    ("Help pages", "reference, documentation, manual, api"),
];

/// Returns how badly a command of the menus fits a query; `None` if not at all. `shown` is its title in the palette.
pub(crate) fn command_penalty(title: &str, shown: &str, query: &str) -> Option<usize> {
    let aliases = COMMAND_ALIASES.iter().find(|(known, _)| *known == title);
    best(
        [shown, title],
        aliases.map_or("", |(_, words)| words),
        query,
    )
}

/// An optimizer to add: a member of the family, or one with settings that have a name of their own.
pub(crate) struct OptimizerChoice {
    pub optimizer: AnyOptimizer,
    pub title: String,
    aliases: &'static str,
}

impl OptimizerChoice {
    /// Returns all optimizers in the order of the family; names for settings follow their optimizer.
    pub(crate) fn all() -> Vec<Self> {
        let aliases = |spec: &str| {
            let found = OPTIMIZER_ALIASES.iter().find(|(known, _)| *known == spec);
            found.map_or("", |(_, words)| *words)
        };
        let mut all = Vec::new();
        for optimizer in AnyOptimizer::all() {
            let name = optimizer.name();
            let of_it = |spec: &&str| spec.split_once(':').is_some_and(|(own, _)| own == name);
            all.push(Self {
                title: optimizer.settings().title().to_owned(),
                optimizer,
                aliases: aliases(name),
            });
            for spec in OPTIMIZER_ALIASES
                .iter()
                .map(|(spec, _)| *spec)
                .filter(of_it)
            {
                let Ok(optimizer) = spec.parse::<AnyOptimizer>() else {
                    continue;
                };
                all.push(Self {
                    title: optimizer.as_dyn().display_name().to_owned(),
                    optimizer,
                    aliases: aliases(spec),
                });
            }
        }
        all
    }

    /// Returns how badly the optimizer fits a query; `None` if not at all.
    pub(crate) fn penalty(&self, query: &str) -> Option<usize> {
        best([&*self.title, self.optimizer.name()], self.aliases, query)
    }
}

/// Penalty from which the letters of a match are scattered.
const SCATTERED: usize = 9;

/// Returns the items that match, the best first; scattered matches only where there are no better ones.
pub(crate) fn ranked<T>(items: Vec<T>, penalty: impl Fn(&T) -> Option<usize>) -> Vec<T> {
    let scored = items
        .into_iter()
        .filter_map(|item| Some((penalty(&item)?, item)));
    let mut scored: Vec<(usize, T)> = scored.collect();
    scored.sort_by_key(|(penalty, _)| *penalty);
    let best = scored.first().map_or(0, |(penalty, _)| *penalty);
    scored.retain(|(penalty, _)| *penalty < SCATTERED.max(best + 1));
    scored.into_iter().map(|(_, item)| item).collect()
}

/// Returns how badly a landscape of a group fits a query; `None` if not at all.
pub(crate) fn landscape_penalty(
    landscape: &AnyLandscape,
    group: &str,
    query: &str,
) -> Option<usize> {
    let (name, title) = (landscape.name(), landscape.settings().title());
    let aliases = LANDSCAPE_ALIASES.iter().find(|(known, _)| *known == name);
    let own = best([title, name], aliases.map_or("", |(_, words)| words), query);
    // All words of the query, in any order, in the names of landscape and group.
    let words = format!("{title} {name} {group}").to_lowercase();
    let query = query.to_lowercase();
    let all = query.split_whitespace().all(|word| words.contains(word));
    own.or(all.then_some(3 * ALIAS))
}

/// Returns the least penalty of some names and of other words.
pub(crate) fn best(names: [&str; 2], aliases: &str, query: &str) -> Option<usize> {
    let query = query.to_lowercase();
    let own = names
        .iter()
        .filter_map(|name| penalty(&name.to_lowercase(), &query));
    let other = aliases.split(", ").filter(|alias| !alias.is_empty());
    let other = other.filter_map(|alias| Some(penalty(alias, &query)? + ALIAS));
    own.chain(other).min()
}

/// Returns how badly a title fits a query, both in small letters: the letters that are skipped after the first, and more where letters
/// begin within a word. `None` if the title does not contain the letters in order.
pub(crate) fn penalty(title: &str, query: &str) -> Option<usize> {
    let title: Vec<char> = title.chars().collect();
    let wanted: Vec<char> = query
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let from = |first: usize| -> Option<usize> {
        let (mut at, mut sum) = (first, 0);
        for (place, letter) in wanted.iter().enumerate() {
            let found = at + title[at..].iter().position(|other| other == letter)?;
            let begins_word = found == 0 || !title[found - 1].is_alphanumeric();
            let skipped = if place == 0 { 0 } else { found - at };
            let broken = !begins_word && (place == 0 || skipped > 0);
            sum += skipped.min(3) + if broken { 5 } else { 0 };
            at = found + 1;
        }
        Some(sum)
    };
    let firsts = (0..title.len()).filter(|first| Some(&title[*first]) == wanted.first());
    if wanted.is_empty() {
        return Some(0);
    }
    firsts.filter_map(from).min()
}

/// Returns the first sentence of a help text, in one line.
pub(crate) fn first_sentence(help: &str) -> String {
    let paragraph = help.trim().split("\n\n").next().unwrap_or_default();
    let words = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = words.find(". ").map_or(words.len(), |at| at + 1);
    words[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<String> {
        let mut found: Vec<(usize, String)> = { OptimizerChoice::all().into_iter() }
            .filter_map(|choice| Some((choice.penalty(query)?, choice.optimizer.to_string())))
            .collect();
        found.sort_by_key(|(penalty, _)| *penalty);
        found.into_iter().map(|(_, spec)| spec).collect()
    }

    #[test]
    fn optimizers_are_found_by_name_and_by_other_words() {
        for (query, spec) in [
            ("adam", "adam"),
            ("Adam W", "adamw"),
            ("momentum", "sgd:momentum=0.9"),
            ("heavy ball", "sgd:momentum=0.9"),
            ("nesterov", "sgd:momentum=0.9,nesterov=true"),
            ("nag", "sgd:momentum=0.9,nesterov=true"),
            ("gradient descent", "sgd"),
            ("amsgrad", "adam:amsgrad=true"),
            ("evolution", "cma-es"),
            ("l-bfgs", "lbfgs"),
        ] {
            let expected = spec.parse::<AnyOptimizer>().unwrap().to_string();
            assert_eq!(found(query).first(), Some(&expected), "{query}");
        }
        assert!(found("zzzz").is_empty());
    }

    #[test]
    fn other_words_mean_what_there_is() {
        let specs: Vec<String> = found("");
        for (spec, _) in OPTIMIZER_ALIASES {
            let expected = spec.parse::<AnyOptimizer>().unwrap().to_string();
            assert!(specs.contains(&expected), "{spec}");
        }
        for (name, _) in LANDSCAPE_ALIASES {
            assert!(AnyLandscape::NAMES.contains(&name), "{name}");
        }
    }

    #[test]
    fn other_words_for_commands_mean_entries_of_the_menus() {
        let menus = crate::gui::command::menus(&crate::gui::view::all());
        let titles: Vec<&str> = { menus.iter() }
            .flat_map(|(_, entries)| entries.iter().map(|entry| entry.title))
            .collect();
        for (title, _) in COMMAND_ALIASES {
            assert!(titles.contains(&title), "{title}");
        }
    }

    #[test]
    fn a_help_text_is_shortened_to_its_first_sentence() {
        assert_eq!(
            first_sentence(" One.5 thing\n is. Two.\n\nThree"),
            "One.5 thing is."
        );
        assert_eq!(first_sentence("No end"), "No end");
    }
}
