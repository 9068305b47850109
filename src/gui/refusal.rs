//! Refusal of the scene: its sentence below the setting that caused it, with buttons that mend it, and a reference to it elsewhere.

use super::app::App;
use super::command::Command;
use super::field::refusal_ui;
use super::layout::Side;
use crate::engine::scene::{Fix, Scene, SceneError, ScenePart, SettingPlace};
use crate::export::sentence::one_line;
use eframe::egui;
use std::cell::{Cell, RefCell};

/// The reason why the scene is refused.
#[derive(Clone)]
pub(crate) struct Refusal {
    /// The error in one sentence.
    pub sentence: String,
    /// The setting that caused it, where it is known.
    pub place: Option<SettingPlace>,
    /// Edits that mend the scene.
    pub fixes: Vec<Fix>,
}

impl Refusal {
    /// Creates the refusal of a scene from the sentence, and from the error where there is one.
    pub(crate) fn new(sentence: &str, error: Option<&SceneError>, scene: &Scene) -> Self {
        Self {
            sentence: one_line(sentence),
            place: error.and_then(|error| error.place(scene)),
            fixes: error.map_or(Vec::new(), |error| error.fixes(scene)),
        }
    }

    /// Returns a reference to the setting below which the sentence stands, like "refused: see loss in MODEL".
    pub(crate) fn reference(&self) -> String {
        match self.place {
            None => "refused: see the left panel".to_owned(),
            Some(SettingPlace { part, setting }) => {
                let part = part.name().to_uppercase();
                match setting {
                    Some(setting) => format!("refused: see {setting} in {part}"),
                    None => format!("refused: see {part}"),
                }
            }
        }
    }

    /// Shows the sentence and the buttons; returns the commands of a clicked one.
    pub(super) fn ui(&self, ui: &mut egui::Ui) -> Vec<Command> {
        refusal_ui(ui, Some(&self.sentence));
        let mut commands = Vec::new();
        for fix in &self.fixes {
            let help = "Mends the refused scene; undo restores it.";
            if ui.button(&fix.title).on_hover_text(help).clicked() {
                let edit = Command::Edit(Box::new(fix.scene.clone()));
                commands.extend([Command::Checkpoint, edit]);
            }
        }
        commands
    }
}

/// The refusal in the left panel, shown below the setting that caused it.
pub(crate) struct RefusalSlot<'a> {
    refusal: Option<&'a Refusal>,
    /// Whether the sentence is scrolled into view.
    reveal: bool,
    commands: RefCell<Vec<Command>>,
    is_shown: Cell<bool>,
}

impl<'a> RefusalSlot<'a> {
    pub(crate) fn new(refusal: Option<&'a Refusal>, reveal: bool) -> Self {
        Self {
            refusal,
            reveal,
            commands: RefCell::default(),
            is_shown: Cell::new(false),
        }
    }

    /// Whether the scene is refused because of a setting, or because of a part if `setting` is `None`.
    pub(crate) fn is_at(&self, part: ScenePart, setting: Option<&str>) -> bool {
        let place = self.refusal.and_then(|refusal| refusal.place);
        place.is_some_and(|place| place.part == part && place.setting == setting)
    }

    /// Whether the scene is refused because of a setting with this name in any part.
    pub(crate) fn names(&self, setting: &str) -> bool {
        let place = self.refusal.and_then(|refusal| refusal.place);
        place.is_some_and(|place| place.setting == Some(setting))
    }

    /// Shows the refusal if a setting caused it, or a whole part if `setting` is `None`.
    pub(crate) fn ui(&self, ui: &mut egui::Ui, part: ScenePart, setting: Option<&str>) {
        if self.is_at(part, setting) {
            self.show(ui);
        }
    }

    /// Shows the refusal if it stands nowhere else.
    pub(crate) fn rest_ui(&self, ui: &mut egui::Ui) {
        if !self.is_shown.get() {
            self.show(ui);
        }
    }

    fn show(&self, ui: &mut egui::Ui) {
        let Some(refusal) = self.refusal else {
            return;
        };
        self.is_shown.set(true);
        let shown = ui.scope(|ui| refusal.ui(ui));
        self.commands.borrow_mut().extend(shown.inner);
        if self.reveal {
            shown.response.scroll_to_me(None);
        }
    }

    /// Returns the commands of the buttons.
    pub(crate) fn commands(self) -> Vec<Command> {
        self.commands.into_inner()
    }
}

impl App {
    /// Sets the reason why the scene is refused, and scrolls to it if it is new.
    pub(super) fn set_refusal(&mut self, sentence: Option<String>) {
        let Some(sentence) = sentence else {
            self.refusal = None;
            return;
        };
        let error = self.session.refusal(&sentence);
        let new = Refusal::new(&sentence, error.as_ref(), &self.scene);
        let old = self.refusal.replace(new);
        let same = old.is_some_and(|old| old.sentence == one_line(&sentence));
        self.reveal_refusal |= !same;
    }

    /// Whether the left panel, where the sentence of a refusal stands, is in sight.
    pub(super) fn shows_left_panel(&self, ctx: &egui::Context) -> bool {
        self.layout.is_open(Side::Left, ctx.content_rect().width())
    }
}
