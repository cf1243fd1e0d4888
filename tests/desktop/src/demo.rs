//! The demonstration: a conversation, a cut network, a crash, and every message arrives.
//!
//! Each step acts, checks what must hold, and takes a screenshot. A failed step ends the
//! demonstration, because later steps depend on it; the report has the results until then.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use homing_stage::{Rectangle, Stage, eventually};
use homing_testkit::Proxy;

use crate::person::{Message, Person};
use crate::report::Report;
use crate::space::Space;
use crate::traces::files_with;

/// How many messages each of the two writes while the network is cut.
const EACH: usize = 5;

/// What the play is about; more than a screen would show is not said.
const TALK: [(Who, &str); 5] = [
    (Who::A, "Morning! The tunnel starts at Altdorf, so I may vanish for a while."),
    (Who::B, "早上好，Mei。那就等火车出来再说。"),
    (Who::A, "Write anyway: what you send is kept here and goes out by itself."),
    (Who::B, "And if my laptop dies in between?"),
    (Who::A, "Then too. That is the whole point."),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    A,
    B,
}

/// Runs it. `say` is called with each step as it begins.
pub async fn play(pictures: &Path, mut say: impl FnMut(&str)) -> Report {
    let mut report = Report::default();
    say("Setting the stage: display, window manager, keyring, notifications, tray …");
    let mut play = match Play::set(pictures).await {
        Ok(play) => play,
        Err(error) => {
            report.add("the stage is set", Err(error));
            return report;
        }
    };
    for (what, act) in ACTS {
        say(what);
        let seen = play.act(*act).await;
        let failed = seen.is_err();
        report.add(what, seen);
        if failed {
            // A screenshot explains the failure best.
            let _ = play.picture("failed").await;
            break;
        }
    }
    report
}

/// The steps, in order.
const ACTS: &[(&str, Act)] = &[
    ("two people join by link, each with a window", Act::Join),
    ("they exchange messages", Act::Talk),
    ("a message that is not seen notifies natively", Act::Notify),
    ("a click on the notification opens the room", Act::Click),
    ("the network is cut, and both write on", Act::Cut),
    ("kill -9, started again offline: all is still queued", Act::Kill),
    ("the network returns: all in both windows, once, in order", Act::Return),
    ("what was missed notifies, and the tray shows it", Act::Missed),
    ("the token is in the keyring and nowhere else", Act::Token),
];

#[derive(Debug, Clone, Copy)]
enum Act {
    Join,
    Talk,
    Notify,
    Click,
    Cut,
    Kill,
    Return,
    Missed,
    Token,
}

/// The people, the server and the desktop. Dropped in this order: the apps before the desktop.
struct Play {
    a: Person,
    b: Option<Person>,
    network: Proxy,
    space: Space,
    pictures: PathBuf,
    taken: usize,
    stage: Stage,
}

impl Play {
    async fn set(pictures: &Path) -> Result<Self> {
        let stage = Stage::build().await?;
        let space = Space::start(stage.folder(), "Northlight").await?;
        let network = Proxy::start(space.address());
        let a = Person::open(&stage, "Mei Lin").await?;
        let b = Person::open(&stage, "Jonas").await?;
        a.place(&stage, LEFT).await?;
        b.place(&stage, RIGHT).await?;
        let (pictures, b) = (pictures.to_owned(), Some(b));
        Ok(Self { a, b, network, space, pictures, taken: 0, stage })
    }

    async fn act(&mut self, act: Act) -> Result<String> {
        match act {
            Act::Join => self.join().await,
            Act::Talk => self.talk().await,
            Act::Notify => self.notify().await,
            Act::Click => self.click().await,
            Act::Cut => self.cut().await,
            Act::Kill => self.kill().await,
            Act::Return => self.network_returns().await,
            Act::Missed => self.missed().await,
            Act::Token => self.token().await,
        }
    }

    fn b(&self) -> Result<&Person> {
        self.b.as_ref().context("B's app is not running")
    }

    async fn join(&mut self) -> Result<String> {
        for person in [&self.a, self.b()?] {
            person.page().role("textbox", "Join link").await?;
        }
        self.picture("welcome").await?;
        self.a.join(&self.space.owner_link()?).await?;
        self.b()?.join(&self.space.invite_through(&self.network).await?).await?;
        self.a.page().shows("Jonas").await?;
        self.picture("joined").await?;
        Ok("both are up to date in one space".into())
    }

    async fn talk(&mut self) -> Result<String> {
        let mut said: Vec<String> = Vec::new();
        for (who, text) in TALK {
            let (writer, reader) = match who {
                Who::A => (&self.a, self.b()?),
                Who::B => (self.b()?, &self.a),
            };
            writer.focus(&self.stage).await?;
            writer.write(text).await?;
            said.push(text.to_owned());
            reader.wait_for_texts(&said).await?;
        }
        let (in_a, in_b) = self.both(&said).await?;
        same(&in_a, &in_b)?;
        self.picture("talking").await?;
        Ok(format!("{} messages, in the same order in both windows", said.len()))
    }

    async fn notify(&mut self) -> Result<String> {
        self.b()?.focus(&self.stage).await?;
        self.b()?.wait_for_unread(&self.stage, 0).await?;
        // A types, so B's window has not the keyboard: whatever comes there is not seen.
        self.a.focus(&self.stage).await?;
        self.stage.close_notifications()?;
        let text = "Going into the tunnel now.";
        self.a.write(text).await?;
        let b = self.b()?;
        let shown = b.wait_for_notification(&self.stage, text).await?;
        ensure!(shown.summary.contains("Mei Lin"), "it names somebody else: {shown:?}");
        self.b()?.wait_for_unread(&self.stage, 1).await?;
        self.picture("notified").await?;
        Ok(format!("“{}: {}”, and 1 in the tray", shown.summary, shown.body))
    }

    async fn click(&mut self) -> Result<String> {
        self.stage.click_notification()?;
        let b = self.b()?;
        b.wait_for_unread(&self.stage, 0).await?;
        eventually("the notification is withdrawn", async || {
            Ok((self.stage.displayed()? == 0).then_some(()))
        })
        .await?;
        self.picture("opened").await?;
        Ok("B's window has the keyboard, the room is read, the notification gone".into())
    }

    async fn cut(&mut self) -> Result<String> {
        self.network.offline().await;
        self.b()?.wait_for_link("waiting").await?;
        for number in 1..=EACH {
            self.a.write(&line(Who::A, number)).await?;
            self.b()?.write(&line(Who::B, number)).await?;
        }
        self.a.wait_for_states(&lines(Who::A), &["sent", "delivered"]).await?;
        let b = self.b()?;
        b.wait_for_states(&lines(Who::B), &["queued"]).await?;
        let seen = b.messages().await?;
        ensure!(!seen.iter().any(|one| one.text == line(Who::A, 1)), "the network is not cut");
        self.picture("cut").await?;
        Ok(format!("A's {EACH} are on the server, B's {EACH} are queued"))
    }

    async fn kill(&mut self) -> Result<String> {
        let b = self.b.take().context("B's app is not running")?;
        let pid = b.app().pid();
        let b = b.killed_and_opened_again(&self.stage).await?;
        b.place(&self.stage, RIGHT).await?;
        b.wait_for_states(&lines(Who::B), &["queued"]).await?;
        b.wait_for_link("waiting").await?;
        let again = b.app().pid();
        self.b = Some(b);
        self.picture("killed").await?;
        Ok(format!("process {pid} is gone; {again} shows the same {EACH}, queued"))
    }

    async fn network_returns(&mut self) -> Result<String> {
        // A has the keyboard: what B missed is not seen before it is notified.
        self.a.focus(&self.stage).await?;
        self.network.online().await;
        self.b()?.try_now().await?;
        let ten = [lines(Who::A), lines(Who::B)].concat();
        let (in_a, in_b) = self.both(&ten).await?;
        same(&in_a, &in_b)?;
        self.b()?.wait_for_states(&lines(Who::B), &["sent", "delivered"]).await?;
        self.b()?.wait_for_link("up_to_date").await?;
        self.picture("arrived").await?;
        Ok(format!("{} in both, none twice, the same order", ten.len()))
    }

    async fn missed(&mut self) -> Result<String> {
        let told = format!("{EACH} new messages");
        let b = self.b()?;
        let shown = b.wait_for_notification(&self.stage, &told).await?;
        let item = self.b()?.wait_for_unread(&self.stage, EACH).await?;
        // A saw B's come in, and learns that B's device has everything.
        self.a.wait_for_unread(&self.stage, 0).await?;
        self.a.wait_for_states(&lines(Who::A), &["delivered"]).await?;
        let menu = self.stage.tray_menu(&item).await?;
        let room = menu.iter().find(|entry| entry.label.contains(&format!("({EACH})")));
        let room = room.with_context(|| format!("the menu names no unread room: {menu:?}"))?;
        self.picture("tray").await?;
        let told = shown.summary;
        Ok(format!("“{told}”; the tray says {EACH}, its menu “{}”", room.label))
    }

    async fn token(&mut self) -> Result<String> {
        let secrets = self.stage.secrets().await?;
        ensure!(secrets.len() == 2, "{} secrets for two devices", secrets.len());
        for person in [&self.a, self.b()?] {
            for secret in &secrets {
                let found = files_with(person.app().home(), secret.as_bytes())?;
                ensure!(found.is_empty(), "{}'s home has a token in {found:?}", person.name);
            }
        }
        Ok("2 tokens in the keyring, none in either home".into())
    }

    /// Waits until both windows show all of these, and gives what each shows of them.
    async fn both(&self, texts: &[String]) -> Result<(Vec<Message>, Vec<Message>)> {
        let only = |shown: Vec<Message>| -> Vec<Message> {
            shown.into_iter().filter(|one| texts.contains(&one.text)).collect()
        };
        let in_a = only(self.a.wait_for_texts(texts).await?);
        let in_b = only(self.b()?.wait_for_texts(texts).await?);
        for (who, shown) in [("A", &in_a), ("B", &in_b)] {
            let count = shown.len();
            ensure!(count == texts.len(), "{who} shows {count} of {}: {shown:?}", texts.len());
        }
        Ok((in_a, in_b))
    }

    /// A picture of the whole display, with what the windows show by now on it.
    async fn picture(&mut self, name: &str) -> Result<()> {
        for person in [Some(&self.a), self.b.as_ref()].into_iter().flatten() {
            person.page().painted().await?;
        }
        self.taken += 1;
        let path = self.pictures.join(format!("{:02}-{name}.png", self.taken));
        self.stage.picture(&path)
    }
}

/// Places of the two windows: side by side, above the panel, below the notifications.
const LEFT: Rectangle = Rectangle { x: 10, y: 110, width: 975, height: 890 };
const RIGHT: Rectangle = Rectangle { x: 1005, y: 110, width: 975, height: 890 };

fn line(who: Who, number: usize) -> String {
    match who {
        Who::A => format!("From the platform, {number} of {EACH}"),
        Who::B => format!("Written in the tunnel, {number} of {EACH}"),
    }
}

fn lines(who: Who) -> Vec<String> {
    (1..=EACH).map(|number| line(who, number)).collect()
}

fn same(in_a: &[Message], in_b: &[Message]) -> Result<()> {
    let texts =
        |shown: &[Message]| -> Vec<String> { shown.iter().map(|one| one.text.clone()).collect() };
    ensure!(
        texts(in_a) == texts(in_b),
        "the order differs.\nA: {:?}\nB: {:?}",
        texts(in_a),
        texts(in_b)
    );
    Ok(())
}
