//! Input methods in the real window, with real keys and a real mouse: every sign arrives, in the room
//! in which it was typed. Many conversations in one start of the app, written as data.

mod conversations;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use homing_desktop_tests::Device;
use homing_engine::view::TimelineWindow;
use homing_protocol::{Content, Message, RoomId, mention};
use homing_stage::{InputMethod, Plan, Process, eventually};
use serde::Deserialize;
use serde_json::json;

use self::conversations::{CHINESE, Conversation, DESIGN, GENERAL, KOREAN, MEI, Step};
use crate::picture;
use crate::scene::Scene;

/// What an input method shows of a word while it is open, where that is not what its letters spell.
struct Word {
    letters: &'static str,
    ibus: &'static str,
    fcitx: &'static str,
}

const OPEN: &[Word] = &[
    Word { letters: "nihao", ibus: "你好", fcitx: "ni hao" },
    Word { letters: "mingtian", ibus: "明天", fcitx: "ming tian" },
    Word { letters: "shi", ibus: "是", fcitx: "shi" },
    Word { letters: "mei", ibus: "每", fcitx: "mei" },
    Word { letters: "gksrmf", ibus: "한글", fcitx: "한글" },
    Word { letters: "gks", ibus: "한", fcitx: "한" },
];

const SECOND: &[Word] = &[Word { letters: "shi", ibus: "时", fcitx: "时" }];

/// The field that has the keyboard: what it holds, where its caret stands, and what it is.
const FIELD: &str = r#"
const field = document.activeElement;
return {
  value: field?.value ?? "",
  caret: field?.selectionStart ?? 0,
  testid: field?.dataset?.testid ?? "",
  label: field?.labels?.[0]?.innerText ?? field?.getAttribute("aria-label") ?? "",
};
"#;

const TITLE: &str =
    r#"return document.querySelector('[data-testid="room-title"]')?.innerText ?? "";"#;

#[derive(Debug, Deserialize)]
struct Field {
    value: String,
    caret: usize,
    testid: String,
    label: String,
}

/// Conversations that may go wrong before the others are left out.
const MOST_FAILURES: usize = 3;

/// What the rooms hold: their drafts, or what was sent there.
type Texts = BTreeMap<&'static str, Vec<String>>;

struct Play {
    scene: Scene,
    method: InputMethod,
    /// Sees what the server has of what is not sent.
    second: Device,
    rooms: [(&'static str, RoomId); 3],
    window: String,
    other: String,
    _other: Process,
    sent: Texts,
    arrived: usize,
}

impl Play {
    async fn set(method: InputMethod) -> Result<Self> {
        let scene = Scene::on(Plan { input_method: Some(method), ..Plan::default() }).await?;
        scene.room(DESIGN).await?;
        let mei = scene.mei.engine().open_direct(vec![scene.jonas_id]).await?;
        scene.jonas.page().shows(MEI).await?;
        let general = scene.mei.room(GENERAL).await?.id;
        let design = scene.mei.room(DESIGN).await?.id;
        let rooms = [(GENERAL, general), (DESIGN, design), (MEI, mei)];
        let second = scene.second_device().await?;
        let knows = |one: &homing_engine::view::Overview| one.rooms.len() == rooms.len();
        second.until("knows of all rooms", knows).await?;
        let program = scene.stage.open_other("Another program")?;
        let other = scene.stage.window_named("Another program").await?;
        let window = scene.jonas.app().window(&scene.stage).await?;
        scene.stage.xdotool(&["windowmove", &other, "1300", "500"])?;
        scene.stage.focus(&window)?;
        let mut play = Self {
            scene,
            method,
            second,
            rooms,
            window,
            other,
            _other: program,
            sent: Texts::new(),
            arrived: 0,
        };
        play.step(&Step::ClickRoom(GENERAL)).await?;
        play.step(&Step::Click("composer")).await?;
        play.step(&Step::At("composer")).await?;
        play.scene.stage.choose_input_method().await?;
        Ok(play)
    }

    /// Plays all, and tells of each that went otherwise.
    async fn all(&mut self, conversations: &[Conversation]) -> Result<()> {
        let mut failed = String::new();
        let mut failures = 0;
        for (n, one) in conversations.iter().enumerate() {
            // Each waits in vain as long as a step may take, and a run of them has no time for all.
            if failures == MOST_FAILURES {
                writeln!(failed, "(those after it were not played)")?;
                break;
            }
            if let Err(error) = self.play(one).await {
                failures += 1;
                writeln!(failed, "{}: {error:#}", one.tells)?;
                self.scene.stage.picture(&picture(&format!("input-{:?}-{n}", self.method)))?;
                // Out of what it was left in.
                self.scene.stage.focus(&self.window)?;
                self.scene.stage.xdotool(&["key", "Escape", "Escape", "Escape"])?;
                self.sent = self.logs().await?;
            }
            self.begin_anew().await.with_context(|| format!("after {}\n{failed}", one.tells))?;
        }
        ensure!(failed.is_empty(), "{:?}:\n{failed}", self.method);
        Ok(())
    }

    async fn play(&mut self, one: &Conversation) -> Result<()> {
        for step in one.steps {
            self.step(step).await.with_context(|| format!("{step:?}"))?;
        }
        let mut drafts = Texts::new();
        for (room, text) in one.drafts {
            drafts.entry(room).or_default().push(self.spelled(text));
        }
        self.drafts_are(&drafts).await?;
        let logs = self.logs().await?;
        ensure!(logs == self.sent, "sent {logs:?}, wanted {:?}", self.sent);
        Ok(())
    }

    /// Leaves an empty composer in #general, and no draft anywhere.
    async fn begin_anew(&mut self) -> Result<()> {
        self.scene.stage.focus(&self.window)?;
        self.step(&Step::ClickRoom(GENERAL)).await?;
        self.step(&Step::In(GENERAL)).await?;
        let (_, overview) = self.second.engine().overview().await?;
        for (_, room) in &self.rooms[1..] {
            let seen = overview.rooms.iter().find(|one| one.id == *room).map(|one| &one.draft);
            let args = json!({ "space": self.scene.space, "room": room, "text": "", "seen": seen });
            self.scene.jonas.call("save_draft", args).await?;
        }
        self.step(&Step::Click("composer")).await?;
        self.step(&Step::At("composer")).await?;
        self.scene.stage.xdotool(&["key", "ctrl+a", "BackSpace"])?;
        self.step(&Step::Holds("")).await?;
        self.drafts_are(&Texts::new()).await
    }

    async fn step(&mut self, step: &Step) -> Result<()> {
        let (stage, page) = (&self.scene.stage, self.scene.jonas.page());
        match *step {
            Step::Compose(letters) => self.compose(letters).await,
            Step::Keys(keys) => {
                for key in keys {
                    stage.xdotool(&["key", key])?;
                }
                Ok(())
            }
            Step::Holds(text) => {
                let text = self.spelled(text);
                self.field(&format!("holds {text:?}"), |field| field.value == text).await
            }
            Step::Caret(at) => {
                self.field(&format!("has its caret at {at}"), |field| field.caret == at).await
            }
            Step::At(id) => self.field(&format!("is {id}"), |field| field.testid == id).await,
            Step::AtLabel(label) => {
                self.field(&format!("is called {label}"), |field| field.label.contains(label)).await
            }
            Step::In(room) => {
                eventually(&format!("{room} is open"), async || {
                    let title = page.run(TITLE, vec![]).await?;
                    ensure!(title.as_str().is_some_and(|title| title.contains(room)), "{title}");
                    Ok(Some(()))
                })
                .await
            }
            Step::Click(id) => {
                let (x, y, width, height) = page.test_id(id).await?.rectangle().await?;
                self.click(x + width / 2.0, y + height / 2.0)
            }
            Step::Press(role, name) => {
                let (x, y, width, height) = page.role(role, name).await?.rectangle().await?;
                self.click(x + width / 2.0, y + height / 2.0)
            }
            Step::ClickRoom(room) => {
                let id = format!("room-{}", self.id_of(room)?);
                let (x, y, width, height) = page.test_id(&id).await?.rectangle().await?;
                self.click(x + width / 2.0, y + height / 2.0)
            }
            Step::Away => stage.focus(&self.other),
            Step::Back => {
                stage.focus(&self.window)?;
                self.at_composer().await
            }
            Step::Arrives(room) => {
                let text = self.arrives(room).await?;
                self.scene.jonas.page().shows(&text).await
            }
            Step::Notified(room) => {
                let text = self.arrives(room).await?;
                self.scene.jonas.wait_for_notification(&self.scene.stage, &text).await?;
                self.scene.stage.click_notification()?;
                self.scene.stage.close_notifications()
            }
            Step::CloseAndOpen => {
                self.scene.jonas.close_to_tray(&self.scene.stage).await?;
                self.scene.stage.close_notifications()?;
                self.scene.choose("Open").await?;
                self.window = self.scene.jonas.app().window(&self.scene.stage).await?;
                self.scene.stage.focus(&self.window)
            }
            Step::Sent(room, text) => {
                let text = self.spelled(text);
                self.sent.entry(room).or_default().push(text);
                eventually("it is sent", async || {
                    let logs = self.logs().await?;
                    ensure!(logs == self.sent, "sent {logs:?}, wanted {:?}", self.sent);
                    Ok(Some(()))
                })
                .await
            }
        }
    }

    async fn at_composer(&self) -> Result<()> {
        self.field("is the composer", |field| field.testid == "composer").await
    }

    /// Types a word, and waits until it is seen where the caret stands.
    async fn compose(&self, letters: &str) -> Result<()> {
        let before = self.look().await?;
        let mut wanted: String = before.value.chars().take(before.caret).collect();
        wanted.push_str(self.word(OPEN, letters)?);
        wanted.extend(before.value.chars().skip(before.caret));
        self.scene.stage.xdotool(&["type", letters])?;
        self.field(&format!("shows {wanted:?}"), |field| field.value == wanted).await
    }

    /// Somebody else writes in a room.
    async fn arrives(&mut self, room: &str) -> Result<String> {
        self.arrived += 1;
        let text = format!("news {}", self.arrived);
        let room = self.id_of(room)?;
        self.scene.mei.engine().send(room, text.clone()).await?;
        Ok(text)
    }

    fn click(&self, x: f64, y: f64) -> Result<()> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a place in a window has few pixels and none below zero"
        )]
        let (x, y) = (x as u32, y as u32);
        self.scene.stage.click(&self.window, x, y)
    }

    async fn look(&self) -> Result<Field> {
        let field = self.scene.jonas.page().run(FIELD, vec![]).await?;
        Ok(serde_json::from_value(field)?)
    }

    async fn field(&self, what: &str, is: impl Fn(&Field) -> bool) -> Result<()> {
        eventually(&format!("the field {what}"), async || {
            let field = self.look().await?;
            ensure!(is(&field), "{field:?}");
            Ok(Some(()))
        })
        .await
    }

    async fn drafts_are(&self, wanted: &Texts) -> Result<()> {
        eventually("the drafts are where they were written", async || {
            let (_, overview) = self.second.engine().overview().await?;
            let mut drafts = Texts::new();
            for (name, id) in self.rooms {
                let room = overview.rooms.iter().find(|one| one.id == id);
                let draft = &room.context("a room is gone")?.draft;
                if !draft.is_empty() {
                    drafts.entry(name).or_default().push(draft.clone());
                }
            }
            ensure!(drafts == *wanted, "drafts {drafts:?}, wanted {wanted:?}");
            Ok(Some(()))
        })
        .await
    }

    /// What was sent, as who is written to reads it.
    async fn logs(&self) -> Result<Texts> {
        let mut logs = Texts::new();
        for (name, id) in self.rooms {
            let log = self.scene.mei.engine().timeline(id, TimelineWindow::Latest, 200).await?;
            for item in log.items.into_iter().filter(|one| one.sender == self.scene.jonas_id) {
                if let Content::Message(Message { text, .. }) = item.content {
                    logs.entry(name).or_default().push(mention::plain(&text, |_| None));
                }
            }
        }
        Ok(logs)
    }

    fn id_of(&self, room: &str) -> Result<RoomId> {
        let found = self.rooms.iter().find(|(name, _)| *name == room);
        found.map(|(_, id)| *id).with_context(|| format!("there is no room {room}"))
    }

    fn word(&self, words: &'static [Word], letters: &str) -> Result<&'static str> {
        let Some(word) = words.iter().find(|word| word.letters == letters) else {
            bail!("nothing is known of {letters}")
        };
        Ok(if self.method == InputMethod::FcitxPinyin { word.fcitx } else { word.ibus })
    }

    /// A text with its words as this input method spells them.
    fn spelled(&self, text: &str) -> String {
        let mut spelled = text.to_owned();
        for (words, open, close) in [(OPEN, '[', ']'), (SECOND, '{', '}')] {
            for word in words {
                let seen =
                    if self.method == InputMethod::FcitxPinyin { word.fcitx } else { word.ibus };
                spelled = spelled.replace(&format!("{open}{}{close}", word.letters), seen);
            }
        }
        spelled
    }
}

#[test]
fn no_word_is_begun_while_a_key_is_under_way() {
    for one in CHINESE.iter().chain(KOREAN) {
        for two in one.steps.windows(2) {
            let hasty = matches!(two, [Step::Keys(_), Step::Compose(_)]);
            assert!(!hasty, "{}: {two:?}", one.tells);
        }
    }
}

#[tokio::test]
async fn every_sign_of_ibus_pinyin_arrives_where_it_was_typed() {
    let mut play = Play::set(InputMethod::IbusPinyin).await.unwrap();
    play.all(CHINESE).await.unwrap();
}

#[tokio::test]
async fn every_sign_of_fcitx5_pinyin_arrives_where_it_was_typed() {
    let mut play = Play::set(InputMethod::FcitxPinyin).await.unwrap();
    play.all(CHINESE).await.unwrap();
}

#[tokio::test]
async fn every_syllable_of_hangul_arrives_once_where_it_was_typed() {
    let mut play = Play::set(InputMethod::IbusHangul).await.unwrap();
    // It begins with Latin letters.
    play.step(&Step::Keys(&["shift+space"])).await.unwrap();
    play.all(KOREAN).await.unwrap();
}
