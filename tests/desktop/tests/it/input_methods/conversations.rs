//! What people do while they write with an input method, and where each sign of theirs is afterwards.
//!
//! `[letters]` in a text is a word that was left open: as the input method showed it last.
//! `{letters}` is its second candidate.

/// A room of the stage.
pub(super) const GENERAL: &str = "general";
pub(super) const DESIGN: &str = "design";
/// The direct room with who writes.
pub(super) const MEI: &str = "Mei Lin";

/// Something that is done or seen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// The letters of a word are typed, and the field shows it where its caret stood. So what was done
    /// before is waited for: a key may be under way when the next is pressed.
    Compose(&'static str),
    /// Keys are pressed, one after the other.
    Keys(&'static [&'static str]),
    /// The field that has the keyboard holds this.
    Holds(&'static str),
    /// The caret of that field stands behind so many signs.
    Caret(usize),
    /// The field with this test id has the keyboard.
    At(&'static str),
    /// A field that is called so has it.
    AtLabel(&'static str),
    /// This room is open.
    In(&'static str),
    /// A click with the mouse on what has this test id.
    Click(&'static str),
    /// A click on what has this role and name.
    Press(&'static str, &'static str),
    /// A click on a room in the list.
    ClickRoom(&'static str),
    /// The keyboard goes to another window.
    Away,
    /// It comes back.
    Back,
    /// Somebody else writes in a room.
    Arrives(&'static str),
    /// Somebody else writes in a room, and their notification is clicked.
    Notified(&'static str),
    /// The window is closed to the tray, and opened from there.
    CloseAndOpen,
    /// The log of a room has its messages so far, and this as well.
    Sent(&'static str, &'static str),
}

use Step::{
    Arrives, At, AtLabel, Away, Back, Caret, Click, ClickRoom, CloseAndOpen, Compose, Holds, In,
    Keys, Notified, Press, Sent,
};

/// What somebody does, beginning in an empty composer in #general.
pub(super) struct Conversation {
    pub(super) tells: &'static str,
    pub(super) steps: &'static [Step],
    /// What is in a draft afterwards. Nothing is in any other, and nothing else was sent.
    pub(super) drafts: &'static [(&'static str, &'static str)],
}

const fn sends(tells: &'static str, steps: &'static [Step]) -> Conversation {
    Conversation { tells, steps, drafts: &[] }
}

const fn keeps(
    tells: &'static str,
    steps: &'static [Step],
    drafts: &'static [(&'static str, &'static str)],
) -> Conversation {
    Conversation { tells, steps, drafts }
}

const SPACE: Step = Keys(&["space"]);
const ENTER: Step = Keys(&["Return"]);
const ESCAPE: Step = Keys(&["Escape"]);
const ALT_TAB: Step = Keys(&["alt+Tab"]);
const SWITCHER: Step = Keys(&["ctrl+k"]);
const AT: Step = Keys(&["at"]);

/// With pinyin, in ibus and in fcitx5.
pub(super) const CHINESE: &[Conversation] = &[
    sends(
        "a space takes the first candidate, and Enter sends it",
        &[Compose("nihao"), SPACE, Holds("你好"), ENTER, Sent(GENERAL, "你好")],
    ),
    sends(
        "a digit takes another candidate",
        &[Compose("shi"), Keys(&["2"]), Holds("{shi}"), ENTER, Sent(GENERAL, "{shi}")],
    ),
    sends(
        "the first Enter takes the letters, and the second sends them",
        &[Compose("nihao"), ENTER, Holds("nihao"), ENTER, Sent(GENERAL, "nihao")],
    ),
    sends("Escape gives a word up", &[Compose("nihao"), ESCAPE, Holds("")]),
    sends(
        "a word is taken back letter by letter",
        &[
            Compose("nihao"),
            Keys(&["BackSpace", "BackSpace", "BackSpace", "BackSpace", "BackSpace"]),
            Holds(""),
            Compose("mingtian"),
            SPACE,
            Holds("明天"),
            ENTER,
            Sent(GENERAL, "明天"),
        ],
    ),
    sends(
        "a sentence with its marks",
        &[
            Compose("nihao"),
            SPACE,
            Keys(&["comma"]),
            Holds("你好，"),
            Compose("mingtian"),
            SPACE,
            Keys(&["period"]),
            Holds("你好，明天。"),
            ENTER,
            Sent(GENERAL, "你好，明天。"),
        ],
    ),
    sends(
        "a word into the middle",
        &[
            Compose("nihao"),
            SPACE,
            Holds("你好"),
            Keys(&["Left"]),
            Caret(1),
            Compose("mingtian"),
            SPACE,
            Holds("你明天好"),
            ENTER,
            Sent(GENERAL, "你明天好"),
        ],
    ),
    sends(
        "two lines",
        &[
            Compose("nihao"),
            SPACE,
            Holds("你好"),
            Keys(&["shift+Return"]),
            Holds("你好\n"),
            Compose("mingtian"),
            SPACE,
            Holds("你好\n明天"),
            ENTER,
            Sent(GENERAL, "你好\n明天"),
        ],
    ),
    sends(
        "Send by mouse takes the word that is open as well",
        &[
            Compose("nihao"),
            SPACE,
            Holds("你好"),
            Compose("mingtian"),
            Click("send"),
            Sent(GENERAL, "你好[mingtian]"),
        ],
    ),
    sends(
        "Send by mouse takes the first word, just begun",
        &[Compose("nihao"), Click("send"), Sent(GENERAL, "[nihao]")],
    ),
    sends(
        "a word goes on after another window",
        &[
            Compose("nihao"),
            SPACE,
            Holds("你好"),
            Compose("mingtian"),
            Away,
            Back,
            Holds("你好[mingtian]"),
            Compose("nihao"),
            SPACE,
            Holds("你好[mingtian]你好"),
            ENTER,
            Sent(GENERAL, "你好[mingtian]你好"),
        ],
    ),
    keeps(
        "Alt and Tab, there and back",
        &[Compose("nihao"), ALT_TAB, ALT_TAB, At("composer"), Holds("[nihao]")],
        &[(GENERAL, "[nihao]")],
    ),
    keeps(
        "another room by mouse",
        &[
            Compose("nihao"),
            ClickRoom(DESIGN),
            In(DESIGN),
            Holds(""),
            Compose("mingtian"),
            SPACE,
            Holds("明天"),
            ENTER,
            Sent(DESIGN, "明天"),
        ],
        &[(GENERAL, "[nihao]")],
    ),
    sends(
        "another room and back",
        &[
            Compose("nihao"),
            ClickRoom(DESIGN),
            In(DESIGN),
            Holds(""),
            ClickRoom(GENERAL),
            In(GENERAL),
            Holds("[nihao]"),
            Compose("mingtian"),
            SPACE,
            Holds("[nihao]明天"),
            ENTER,
            Sent(GENERAL, "[nihao]明天"),
        ],
    ),
    keeps(
        "another room by keyboard, once the word is done",
        &[
            Compose("nihao"),
            Keys(&["alt+Up"]),
            SPACE,
            Holds("你好"),
            In(GENERAL),
            Keys(&["alt+Up"]),
            In(DESIGN),
            Holds(""),
        ],
        &[(GENERAL, "你好")],
    ),
    keeps(
        "a notification of another room",
        &[
            Compose("nihao"),
            SPACE,
            Holds("你好"),
            Compose("mingtian"),
            Notified(MEI),
            In(MEI),
            Holds(""),
            Compose("nihao"),
            SPACE,
            Holds("你好"),
            Click("send"),
            Sent(MEI, "你好"),
        ],
        &[(GENERAL, "你好[mingtian]")],
    ),
    sends(
        "a notification of this room, from another window",
        &[
            Compose("nihao"),
            Away,
            Notified(GENERAL),
            Back,
            Holds("[nihao]"),
            Click("send"),
            Sent(GENERAL, "[nihao]"),
        ],
    ),
    sends(
        "a message arrives under the word",
        &[Compose("nihao"), Arrives(GENERAL), SPACE, Holds("你好"), ENTER, Sent(GENERAL, "你好")],
    ),
    sends(
        "the switcher does not open over a word",
        &[
            Compose("nihao"),
            SWITCHER,
            SPACE,
            At("composer"),
            Holds("你好"),
            ENTER,
            Sent(GENERAL, "你好"),
        ],
    ),
    keeps(
        "the switcher by mouse, and Escape for the word and for itself",
        &[
            Compose("nihao"),
            Click("switcher-open"),
            At("switcher"),
            Holds(""),
            Compose("mingtian"),
            ESCAPE,
            Holds(""),
            At("switcher"),
            ESCAPE,
            At("switcher-open"),
            Click("composer"),
            Holds("[nihao]"),
        ],
        &[(GENERAL, "[nihao]")],
    ),
    keeps(
        "the switcher finds by the letters of a word, and Enter chooses with the second",
        &[
            Compose("nihao"),
            SPACE,
            Holds("你好"),
            SWITCHER,
            At("switcher"),
            Compose("mei"),
            ENTER,
            Holds("mei"),
            At("switcher"),
            ENTER,
            In(MEI),
            Holds(""),
        ],
        &[(GENERAL, "你好")],
    ),
    sends(
        "somebody is named by letters, offered, taken and told",
        &[
            AT,
            Holds("@"),
            Compose("mei"),
            ENTER,
            Holds("@mei"),
            ENTER,
            Holds("@Mei Lin "),
            Compose("nihao"),
            SPACE,
            Holds("@Mei Lin 你好"),
            ENTER,
            Sent(GENERAL, "@Mei Lin 你好"),
        ],
    ),
    sends(
        "Escape under an offer gives up the word, then the offer",
        &[
            AT,
            Holds("@"),
            Compose("nihao"),
            ESCAPE,
            Holds("@"),
            ESCAPE,
            Holds("@"),
            Compose("nihao"),
            SPACE,
            Holds("@你好"),
            ENTER,
            Sent(GENERAL, "@你好"),
        ],
    ),
    keeps(
        "a dialog with a field",
        &[
            Compose("nihao"),
            Click("rooms-add"),
            Press("menuitem", "Create a room"),
            AtLabel("Name"),
            Compose("mingtian"),
            ESCAPE,
            AtLabel("Name"),
            Holds(""),
            Compose("mingtian"),
            SPACE,
            Holds("明天"),
            ESCAPE,
            In(GENERAL),
            Click("composer"),
            Holds("[nihao]"),
        ],
        &[(GENERAL, "[nihao]")],
    ),
    keeps(
        "the window is closed over a word, and opened again",
        &[Compose("nihao"), CloseAndOpen, At("composer"), Holds("[nihao]")],
        &[(GENERAL, "[nihao]")],
    ),
];

/// With hangul: a syllable is open until the next begins, and Enter takes it and is an Enter as well.
pub(super) const KOREAN: &[Conversation] = &[
    sends(
        "Enter sends, with the last syllable",
        &[Compose("gksrmf"), ENTER, Sent(GENERAL, "한글")],
    ),
    sends(
        "Send by mouse takes the last syllable once",
        &[Compose("gksrmf"), Click("send"), Sent(GENERAL, "한글")],
    ),
    sends(
        "a word, a space, and Send by mouse",
        &[
            Compose("gksrmf"),
            SPACE,
            Holds("한글 "),
            Compose("gks"),
            Click("send"),
            Sent(GENERAL, "한글 한"),
        ],
    ),
    keeps(
        "another room by mouse",
        &[
            Compose("gksrmf"),
            ClickRoom(DESIGN),
            In(DESIGN),
            Holds(""),
            Compose("gks"),
            ENTER,
            Sent(DESIGN, "한"),
        ],
        &[(GENERAL, "한글")],
    ),
    keeps(
        "a notification of another room",
        &[
            Compose("gksrmf"),
            Notified(MEI),
            In(MEI),
            Holds(""),
            Compose("gks"),
            Click("send"),
            Sent(MEI, "한"),
        ],
        &[(GENERAL, "한글")],
    ),
    sends(
        "another window and back",
        &[Compose("gksrmf"), Away, Back, Holds("한글"), ENTER, Sent(GENERAL, "한글")],
    ),
    keeps(
        "the switcher by mouse",
        &[
            Compose("gksrmf"),
            Click("switcher-open"),
            At("switcher"),
            Holds(""),
            Compose("gks"),
            Holds("한"),
            ESCAPE,
            At("switcher-open"),
            Click("composer"),
            Holds("한글"),
            // Escape has gone back to Latin letters as well.
            Keys(&["shift+space"]),
        ],
        &[(GENERAL, "한글")],
    ),
    keeps(
        "the window is closed over a syllable, and opened again",
        &[Compose("gksrmf"), CloseAndOpen, At("composer"), Holds("한글")],
        &[(GENERAL, "한글")],
    ),
];
