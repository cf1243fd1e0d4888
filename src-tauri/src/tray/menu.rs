//! The menu of the tray's icon.
//!
//! It is changed line by line and never rebuilt: somebody may have it open when a message arrives,
//! and their choice must still be there.

use homing_bridge::dto::{Open, Status};
use homing_bridge::ports::{TrayState, UnreadRoom};
use homing_bridge::words::Words;
use homing_protocol::{RoomId, SpaceId};
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem};
use tauri::{AppHandle, Wry};

use crate::sanitize;

const CONNECTED: &str = "connected";
const OPEN: &str = "open";
const PAUSE: &str = "pause";
const RESUME: &str = "resume";
const SETTINGS: &str = "settings";
const QUIT: &str = "quit";
/// The statuses, with the ids of their lines.
const STATUS: [(&str, Status); 3] =
    [("available", Status::Available), ("away", Status::Away), ("quiet", Status::Quiet)];
/// Prefix of the id of a room's line; space and room follow.
const ROOM: &str = "room";

/// The request behind a line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// Open the window, with something in it or as it was.
    Open(Option<Open>),
    /// A choice that needs no window.
    Say(StatusChoice),
    Quit,
}

/// A choice about the person's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatusChoice {
    Status(Status),
    /// Pause notifications, or end the pause.
    Pause(bool),
}

impl Choice {
    /// The request of the line with this id.
    pub(super) fn of(id: &str) -> Self {
        if let Some((_, status)) = STATUS.into_iter().find(|(of, _)| *of == id) {
            return Self::Say(StatusChoice::Status(status));
        }
        match id {
            PAUSE => Self::Say(StatusChoice::Pause(true)),
            RESUME => Self::Say(StatusChoice::Pause(false)),
            QUIT => Self::Quit,
            SETTINGS => Self::Open(Some(Open::Settings)),
            _ => Self::Open(room(id)),
        }
    }
}

fn room(id: &str) -> Option<Open> {
    let (space, room) = id.strip_prefix(ROOM)?.strip_prefix('/')?.split_once('/')?;
    let (space, room): (SpaceId, RoomId) = (space.parse().ok()?, room.parse().ok()?);
    Some(Open::Room { space, room, key: None, compose: false })
}

fn id_of(room: &UnreadRoom) -> String {
    format!("{ROOM}/{}/{}", room.space, room.room)
}

/// A line as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    id: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Separator,
    Text(String),
    /// A text that can't be chosen.
    Note(String),
    /// A line with a check mark. The alternatives have none and are plain text: the system's menus
    /// have no radio buttons that work everywhere, and three check boxes would suggest independent
    /// choices.
    Checked(String),
}

impl Line {
    /// Whether both are the same line, perhaps with other texts, so that the system's item can
    /// stay.
    fn is(&self, other: &Self) -> bool {
        self.id == other.id
            && std::mem::discriminant(&self.kind) == std::mem::discriminant(&other.kind)
    }
}

/// The lines from top to bottom; without a state, those that do not depend on it.
fn lines(words: Words, state: Option<&TrayState>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |id: &str, kind| lines.push(Line { id: id.to_owned(), kind });
    if let Some(TrayState { connected: Some(connected), unsent, .. }) = state {
        add(CONNECTED, Kind::Note(words.connected(*connected, *unsent)));
    }
    add(OPEN, Kind::Text(words.open().to_owned()));
    add("below open", Kind::Separator);
    if let Some(TrayState { unread, connected: Some(_), status, paused, .. }) = state {
        for room in &unread.rooms {
            add(
                &id_of(room),
                Kind::Text(sanitize::menu(&words.unread_room(&room.title, room.unread))),
            );
        }
        if !unread.rooms.is_empty() {
            add("below rooms", Kind::Separator);
        }
        for (id, choice) in STATUS {
            let text = words.status(choice).to_owned();
            let chosen = *status == Some(choice);
            add(id, if chosen { Kind::Checked(text) } else { Kind::Text(text) });
        }
        add("below status", Kind::Separator);
        match paused {
            Some(until) => add(RESUME, Kind::Text(words.resume(until))),
            None => add(PAUSE, Kind::Text(words.pause().to_owned())),
        }
    }
    add(SETTINGS, Kind::Text(words.settings().to_owned()));
    add("below settings", Kind::Separator);
    add(QUIT, Kind::Text(words.quit().to_owned()));
    lines
}

/// One edit on the way from the present lines to the wanted ones. Positions are valid once the
/// earlier edits are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Remove(usize),
    Insert(usize, &'a Line),
    /// The line stays with another text.
    Change(usize, &'a Line),
}

/// The edits from `there` to `wanted`. A line that keeps its order is never removed.
fn steps<'a>(there: &[Line], wanted: &'a [Line]) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let mut left: Vec<&Line> = there.iter().collect();
    for (at, line) in there.iter().enumerate().rev() {
        if !wanted.iter().any(|wanted| wanted.is(line)) {
            left.remove(at);
            steps.push(Step::Remove(at));
        }
    }
    for (at, line) in wanted.iter().enumerate() {
        match left.iter().position(|there| there.is(line)) {
            Some(now) if now == at => {
                if left.get(at) != Some(&line) {
                    steps.push(Step::Change(at, line));
                }
                continue;
            }
            Some(later) => {
                left.remove(later);
                steps.push(Step::Remove(later));
            }
            None => {}
        }
        left.insert(at, line);
        steps.push(Step::Insert(at, line));
    }
    steps
}

/// A line of the system's menu.
enum Item {
    Separator(PredefinedMenuItem<Wry>),
    Text(MenuItem<Wry>),
    Check(CheckMenuItem<Wry>),
}

impl Item {
    fn new(app: &AppHandle, Line { id, kind }: &Line) -> tauri::Result<Self> {
        Ok(match kind {
            Kind::Separator => Self::Separator(PredefinedMenuItem::separator(app)?),
            Kind::Text(text) => Self::Text(MenuItem::with_id(app, id, text, true, None::<&str>)?),
            Kind::Note(text) => Self::Text(MenuItem::with_id(app, id, text, false, None::<&str>)?),
            Kind::Checked(text) => {
                Self::Check(CheckMenuItem::with_id(app, id, text, true, true, None::<&str>)?)
            }
        })
    }

    fn set(&self, kind: &Kind) -> tauri::Result<()> {
        match (self, kind) {
            (Self::Text(item), Kind::Text(text) | Kind::Note(text)) => item.set_text(text),
            (Self::Check(item), Kind::Checked(text)) => {
                item.set_text(text)?;
                item.set_checked(true)
            }
            // A line of another kind is replaced, not changed.
            _ => Ok(()),
        }
    }

    fn as_dyn(&self) -> &dyn IsMenuItem<Wry> {
        match self {
            Self::Separator(item) => item,
            Self::Text(item) => item,
            Self::Check(item) => item,
        }
    }
}

/// The menu and its lines.
pub(super) struct Lines {
    menu: Menu<Wry>,
    lines: Vec<Line>,
    items: Vec<Item>,
}

impl Lines {
    pub(super) fn new(app: &AppHandle, words: Words) -> tauri::Result<Self> {
        let mut new = Self { menu: Menu::new(app)?, lines: Vec::new(), items: Vec::new() };
        new.bring(app, lines(words, None))?;
        Ok(new)
    }

    pub(super) fn menu(&self) -> &Menu<Wry> {
        &self.menu
    }

    /// Updates the menu.
    pub(super) fn show(&mut self, app: &AppHandle, state: &TrayState) -> tauri::Result<()> {
        self.bring(app, lines(state.words, Some(state)))
    }

    /// Restores the check mark, which the system removes when a line is chosen.
    pub(super) fn recheck(&self) -> tauri::Result<()> {
        self.lines.iter().zip(&self.items).try_for_each(|(line, item)| match &line.kind {
            Kind::Checked(_) => item.set(&line.kind),
            _ => Ok(()),
        })
    }

    fn bring(&mut self, app: &AppHandle, wanted: Vec<Line>) -> tauri::Result<()> {
        for step in steps(&self.lines, &wanted) {
            match step {
                Step::Remove(at) => {
                    self.menu.remove_at(at)?;
                    self.items.remove(at);
                }
                Step::Insert(at, line) => {
                    let item = Item::new(app, line)?;
                    self.menu.insert(item.as_dyn(), at)?;
                    self.items.insert(at, item);
                }
                Step::Change(at, line) => {
                    self.items.get(at).map_or(Ok(()), |item| item.set(&line.kind))?;
                }
            }
        }
        self.lines = wanted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homing_bridge::ports::{OverallConnection, Unread};
    use std::str::FromStr;

    fn text(id: &str, text: &str) -> Line {
        Line { id: id.into(), kind: Kind::Text(text.into()) }
    }

    /// `"a b"` as lines that say their own name.
    fn named(ids: &str) -> Vec<Line> {
        ids.split_whitespace().map(|id| text(id, id)).collect()
    }

    fn walk(there: &[Line], steps: &[Step<'_>]) -> Vec<Line> {
        let mut lines = there.to_vec();
        for step in steps {
            match *step {
                Step::Remove(at) => _ = lines.remove(at),
                Step::Insert(at, line) => lines.insert(at, line.clone()),
                Step::Change(at, line) => lines[at] = line.clone(),
            }
        }
        lines
    }

    #[test]
    fn the_steps_lead_from_any_menu_to_any_other() {
        let menus = ["", "a", "b", "a b", "b a", "a b c", "c b a", "c a", "a x b y c", "y c d a"];
        for there in menus.map(named) {
            for wanted in menus.map(named) {
                assert_eq!(walk(&there, &steps(&there, &wanted)), wanted, "from {there:?}");
            }
        }
    }

    #[test]
    fn a_line_that_stays_is_changed_and_not_made_anew() {
        let there = [text("open", "Open"), text("general", "#general (1)"), text("quit", "Quit")];
        let wanted = [
            text("open", "Open"),
            text("design", "#design (1)"),
            text("general", "#general (2)"),
            text("quit", "Quit"),
        ];
        let steps = steps(&there, &wanted);
        assert_eq!(steps, [Step::Insert(1, &wanted[1]), Step::Change(2, &wanted[2])]);
    }

    /// Whoever is in a space, without anything unread.
    fn state(status: Option<Status>) -> TrayState {
        TrayState {
            words: Words::English,
            unread: Unread::default(),
            connected: Some(OverallConnection::Offline),
            unsent: 4,
            status,
            paused: None,
        }
    }

    #[test]
    fn the_first_line_says_how_it_stands_with_the_connection() {
        let first = |state: Option<&TrayState>| lines(Words::English, state).swap_remove(0).kind;
        assert_eq!(first(Some(&state(None))), Kind::Note("Offline · 4 queued".into()));
        assert_eq!(first(None), Kind::Text("Open Homing".into()));
    }

    #[test]
    fn only_what_is_chosen_has_a_mark() {
        let status = |chosen| lines(Words::English, Some(&state(chosen)));
        let (away, quiet) = (status(Some(Status::Away)), status(Some(Status::Quiet)));
        let marked = |lines: &[Line]| {
            let checked = lines.iter().filter(|line| matches!(line.kind, Kind::Checked(_)));
            checked.map(|line| line.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(marked(&away), ["away"]);
        assert_eq!(marked(&quiet), ["quiet"]);
        assert_eq!(marked(&status(None)), [""; 0]);
        // A line that gets a mark is another one for the system.
        let steps = steps(&away, &quiet);
        assert!(steps.iter().all(|step| !matches!(step, Step::Change(..))), "{steps:?}");
        assert_eq!(walk(&away, &steps), quiet);
    }

    #[test]
    fn a_name_is_shown_as_it_is() {
        let space = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let room = "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap();
        let line = UnreadRoom { space, room, title: "#R&D\0".into(), unread: 3 };
        let state = TrayState {
            unread: Unread { messages: 3, mentions: 0, rooms: vec![line] },
            ..state(None)
        };
        let lines = lines(Words::English, Some(&state));
        assert_eq!(lines[3].kind, Kind::Text("#R&&D\u{FFFD} (3)".into()), "{lines:?}");
    }

    #[test]
    fn a_line_is_known_by_its_id() {
        let space = SpaceId::from_str("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
        let room = RoomId::from_str("01890a5d-ac96-774b-bcce-b302099a8058").unwrap();
        let line = UnreadRoom { space, room, title: "#general".into(), unread: 3 };
        let open = Open::Room { space, room, key: None, compose: false };
        for (id, choice) in [
            (id_of(&line).as_str(), Choice::Open(Some(open))),
            (SETTINGS, Choice::Open(Some(Open::Settings))),
            (OPEN, Choice::Open(None)),
            ("room/x/y", Choice::Open(None)),
            ("rooms", Choice::Open(None)),
            ("available", Choice::Say(StatusChoice::Status(Status::Available))),
            ("away", Choice::Say(StatusChoice::Status(Status::Away))),
            ("quiet", Choice::Say(StatusChoice::Status(Status::Quiet))),
            (PAUSE, Choice::Say(StatusChoice::Pause(true))),
            (RESUME, Choice::Say(StatusChoice::Pause(false))),
            (QUIT, Choice::Quit),
        ] {
            assert_eq!(Choice::of(id), choice, "{id}");
        }
    }
}
