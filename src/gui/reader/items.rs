//! The pages of the reader with their titles, by section.

use super::{Section, Topic};
use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::AnyNetwork;
use crate::engine::network::data::AnyDataset;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::schedule::AnySchedule;
use crate::engine::wrapper::AnyWrapper;
use crate::export::help_page::{self, Family};
use crate::teaching::glossary::Term;
use crate::teaching::guide::GuideEntry;

/// A line of the list: a page, with its title and the heading of its group.
pub(super) struct Item {
    pub(super) group: &'static str,
    pub(super) title: String,
    pub(super) topic: Topic,
}

impl Item {
    /// Returns how well the page fits a query: 0 for one that is called exactly so, 1 for one whose title has its words, 2 for others.
    pub(super) fn rank(&self, query: &str) -> u8 {
        let terms = Term::bundled().unwrap_or_default();
        let is_symbol = match self.topic {
            Topic::Term(index) => terms.get(index).is_some_and(|term| term.has_symbol(query)),
            _ => false,
        };
        if is_symbol || self.title.to_lowercase() == query.to_lowercase() {
            0
        } else if crate::teaching::has_words(&self.title, query) {
            1
        } else {
            2
        }
    }
}

/// Returns the pages of a section that have every word of a query; of a single character, only the terms that it is a symbol of.
pub(super) fn items_of(section: Section, query: &str) -> Vec<Item> {
    if section != Section::Glossary && query.chars().count() == 1 {
        return Vec::new();
    }
    match section {
        Section::Guide => {
            let entries = GuideEntry::bundled().unwrap_or_default();
            let found = entries.iter().enumerate();
            let found = found.filter(|(_, entry)| entry.matches(query));
            let item = |(index, entry): (usize, &GuideEntry)| Item {
                group: entry.kind.title(),
                title: entry.title.clone(),
                topic: Topic::Entry(index),
            };
            found.map(item).collect()
        }
        Section::Glossary => {
            let terms = Term::bundled().unwrap_or_default();
            let mut found: Vec<(usize, &Term)> = { terms.iter().enumerate() }
                .filter(|(_, term)| term.matches(query))
                .collect();
            found.sort_by_key(|(_, term)| term.term.to_lowercase());
            let item = |(index, term): (usize, &Term)| Item {
                group: "Glossary",
                title: term.term.clone(),
                topic: Topic::Term(index),
            };
            found.into_iter().map(item).collect()
        }
        Section::Reference => {
            let found = help_page::names().into_iter();
            let found = found.filter(|(family, name)| {
                query.is_empty() || {
                    let title = title(*family, name);
                    crate::teaching::has_words(&format!("{title} {name}"), query)
                }
            });
            let item = |(family, name)| Item {
                group: group(family),
                title: title(family, name),
                topic: Topic::Page(family, name),
            };
            let scene_files = Item {
                group: "Files",
                title: "Scene files".to_owned(),
                topic: Topic::SceneFiles,
            };
            let has_words = crate::teaching::has_words("scene files toml", query);
            found
                .map(item)
                .chain(has_words.then_some(scene_files))
                .collect()
        }
    }
}

/// Returns the heading of a family's pages.
fn group(family: Family) -> &'static str {
    match family {
        Family::Optimizers => "Optimizers",
        Family::Wrappers => "Wrappers",
        Family::Schedules => "Schedules",
        Family::Landscapes => "Landscapes",
        Family::Networks => "Networks",
        Family::Data => "Data",
        Family::Planes => "Planes",
    }
}

/// Returns the title of a member of a family.
pub(super) fn title(family: Family, name: &str) -> String {
    let title = match family {
        Family::Optimizers => { name.parse::<AnyOptimizer>() }.map(|any| any.settings().title()),
        Family::Wrappers => { name.parse::<AnyWrapper>() }.map(|any| any.settings().title()),
        Family::Schedules => { name.parse::<AnySchedule>() }.map(|any| any.settings().title()),
        Family::Landscapes => { name.parse::<AnyLandscape>() }.map(|any| any.settings().title()),
        Family::Networks => { name.parse::<AnyNetwork>() }.map(|any| any.settings().title()),
        Family::Data => { name.parse::<AnyDataset>() }.map(|any| any.settings().title()),
        Family::Planes => { name.parse::<AnyPlane>() }.map(|any| any.settings().title()),
    };
    title.map_or_else(|_| name.to_owned(), str::to_owned)
}
