//! `device`: a real engine in a process of its own, and somebody who writes.
//!
//! It can be killed at any moment; everything that it must know afterwards is in its folder. What
//! it did and saw is in its [`journal`](super::journal).

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use homing_e2e::person::Keyring;
use homing_engine::clock::{Seed, SystemClock};
use homing_engine::diff::{Batch, Diff};
use homing_engine::net::dialer::Dialer;
use homing_engine::secret::{Secret, SecretStore as _};
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::view::{ConnectionState, Delivery, ReactionGroup, TimelinePosition};
use homing_engine::{Config, Deps, Engine, Handle, TimelineWindow};
use homing_protocol::event::{Edit, Pin, React};
use homing_protocol::{Cid, Content, Message, MessageRef, RoomId, Seq, UserId};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::journal::{Journal, Note};
use crate::space::Identity;
use crate::talk::{Driver, say};

/// So many messages are one large one, which a narrow line carries for half a minute.
const LARGE_EVERY: u64 = 16;
/// Its characters.
const LARGE: usize = 20_000;

/// Of so many of the last rows one is marked, all with the same emoji, so that people meet.
const MARKED: u32 = 4;
const EMOJI: &str = "👍";

pub(super) const JOURNAL: &str = "journal";
/// Rows of one page when the whole log is read.
const PAGE: u32 = 500;

/// How a device is started.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where it keeps everything.
    #[arg(long)]
    folder: PathBuf,
    /// Of the names it makes and the pauses it takes; another one for each life.
    #[arg(long)]
    seed: u64,
    /// Between two messages, on average. None: nobody writes.
    #[arg(long)]
    pause_ms: Option<u64>,
    /// With nothing on its disk, and without a journal: what it comes to hold is the server's log.
    #[arg(long)]
    witness: bool,
}

/// What the driver asks of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ask {
    /// Write no more. Answered by a [`State`].
    Quiet,
    /// How far it is.
    State,
    /// What it holds.
    Account,
}

/// How far a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// Everything that the server has is here.
    pub(super) up_to_date: bool,
    /// Messages not on the server yet.
    pub(super) waiting: u32,
    /// The newest event known of.
    pub(super) head: Seq,
}

/// One row of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) seq: Seq,
    pub(super) cid: Option<Cid>,
    /// What a message says by now.
    pub(super) text: Option<String>,
    /// Whether it was edited, and is pinned.
    pub(super) marks: (bool, bool),
    /// Emoji and how many people.
    pub(super) reactions: Vec<(String, u32)>,
}

/// What a device holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) log: Vec<Row>,
    pub(super) outbox: Vec<Cid>,
}

type Shared = Arc<Mutex<Journal>>;

/// Runs until the driver is gone, or for ever shorter.
pub(crate) async fn run(options: Options) -> Result<()> {
    let Identity { record, token } = Identity::read(&options.folder)?;
    let keyring = Keyring::default();
    keyring.set(&record.secret_name(), Secret::new(token)).await?;
    let database = if options.witness { "witness.db" } else { "device.db" };
    let (name, me) = (record.user_name.clone(), record.user);
    let deps = Deps {
        store: Arc::new(SqliteStore::open(&options.folder.join(database)).await?),
        connector: Arc::new(Dialer::new(Vec::new())),
        secrets: Arc::new(keyring),
        clock: Arc::new(SystemClock),
        seed: Seed::from_number(options.seed),
        config: Config::new("chaos 0"),
    };
    let handle = Engine::start(record, deps, CancellationToken::new()).await?;
    let quiet = CancellationToken::new();
    let mut tasks = JoinSet::new();
    if !options.witness {
        let (journal, past) = Journal::open(&options.folder.join(JOURNAL))?;
        let journal = Arc::new(Mutex::new(journal));
        tasks.spawn(listen(handle.clone(), journal.clone()));
        if let Some(pause) = options.pause_ms {
            let rng = StdRng::seed_from_u64(options.seed);
            let writer = Writer { name, me, journal, next: past.last + 1, pause, rng };
            tasks.spawn(writer.run(handle.clone(), quiet.clone()));
        }
    }
    let mut driver = Driver::new();
    loop {
        let ask = tokio::select! {
            ask = driver.next() => ask?,
            Some(ended) = tasks.join_next() => {
                ended??;
                continue;
            }
        };
        match ask {
            None => return Ok(()),
            Some(Ask::Quiet) => {
                quiet.cancel();
                say(&state(&handle).await?)?;
            }
            Some(Ask::State) => say(&state(&handle).await?)?,
            Some(Ask::Account) => say(&account(&handle).await?)?,
        }
    }
}

async fn entrance(handle: &Handle) -> Result<RoomId> {
    loop {
        let (_, overview) = handle.overview().await?;
        if let Some(room) = overview.rooms.first() {
            return Ok(room.id);
        }
        sleep(Duration::from_millis(50)).await;
    }
}

async fn state(handle: &Handle) -> Result<State> {
    let (_, overview) = handle.overview().await?;
    Ok(State {
        up_to_date: matches!(overview.connection, ConnectionState::UpToDate { .. }),
        waiting: overview.outbox.waiting,
        head: overview.rooms.first().map_or(Seq(0), |room| room.head),
    })
}

async fn account(handle: &Handle) -> Result<Account> {
    let room = entrance(handle).await?;
    let mut log: Vec<Row> = Vec::new();
    loop {
        let after = log.last().map_or(Seq(0), |row| row.seq);
        let page = handle.timeline(room, TimelineWindow::After(after), PAGE).await?;
        let before = log.len();
        log.extend(page.items.into_iter().filter_map(|item| {
            let TimelinePosition::Log(seq) = item.place else { return None };
            let text = match item.content {
                Content::Message(Message { text, .. }) => Some(text),
                _ => None,
            };
            let counted = |group: ReactionGroup| (group.emoji, group.count);
            let reactions = item.reactions.into_iter().map(counted).collect();
            let marks = (item.edited, item.pinned);
            Some(Row { seq, cid: item.key.parse().ok(), text, marks, reactions })
        }));
        if log.len() == before {
            break;
        }
    }
    let outbox = handle.outbox().await?.into_iter().map(|queued| queued.cid).collect();
    Ok(Account { log, outbox })
}

struct Writer {
    name: String,
    me: UserId,
    journal: Shared,
    next: u64,
    pause: u64,
    rng: StdRng,
}

impl Writer {
    async fn run(mut self, handle: Handle, quiet: CancellationToken) -> Result<()> {
        let room = entrance(&handle).await?;
        loop {
            let pause = Duration::from_millis(self.rng.random_range(0..=2 * self.pause));
            tokio::select! {
                biased;
                () = quiet.cancelled() => return Ok(()),
                () = sleep(pause) => {}
            }
            let n = self.next;
            self.next += 1;
            note(&self.journal, &[Note::Intends { n }])?;
            // Zeros before a number are nothing but length.
            let width = if n.is_multiple_of(LARGE_EVERY) { LARGE } else { 0 };
            let text = format!("{} {n:0>width$}", self.name);
            let cid = handle.send(room, text).await?;
            note(&self.journal, &[Note::Wrote { n, cid }])?;
            if self.rng.random_bool(0.2) {
                // The same number, one zero longer.
                let of = MessageRef { user: self.me, cid };
                let text = format!("{} 0{n:0>width$}", self.name);
                let edit = Edit { of, text, mentions: Vec::new() };
                handle.write(room, Content::Edit(edit)).await?;
                note(&self.journal, &[Note::Edited { n }])?;
            }
            if self.rng.random_bool(0.3) {
                self.mark(&handle, room).await?;
            }
            if self.rng.random_bool(0.2) {
                let head = state(&handle).await?.head;
                // Now and then further up: the marker must not follow.
                let read = if self.rng.random_bool(0.2) { Seq(head.0 / 2) } else { head };
                handle.read(room, read).await?;
            }
        }
    }
}

impl Writer {
    /// Reacts to one of the last messages, or no longer, or pins it.
    async fn mark(&mut self, handle: &Handle, room: RoomId) -> Result<()> {
        let page = handle.timeline(room, TimelineWindow::Latest, MARKED).await?;
        let at = self.rng.random_range(0..=page.items.len());
        let item = page.items.get(at);
        let Some((item, of)) = item.and_then(|item| Some((item, item.message_ref()?))) else {
            return Ok(());
        };
        let content = if self.rng.random_bool(0.1) {
            Content::Pin(Pin { of, on: !item.pinned })
        } else {
            let emoji = EMOJI.to_owned();
            let on = !item.reactions.iter().any(|group| group.mine);
            Content::React(React { to: of, emoji, on })
        };
        handle.write(room, content).await?;
        Ok(())
    }
}

/// Records what the engine tells; after falling behind, from then on.
async fn listen(handle: Handle, journal: Shared) -> Result<()> {
    loop {
        let (_, _, mut batches) = handle.subscribe().await?;
        while let Ok(batch) = batches.recv().await {
            match batch {
                Some(batch) => note(&journal, &notes(&batch))?,
                None => return Ok(()),
            }
        }
    }
}

fn note(journal: &Shared, notes: &[Note]) -> Result<()> {
    journal.lock().unwrap_or_else(PoisonError::into_inner).write(notes)
}

fn notes(batch: &Batch) -> Vec<Note> {
    let mut notes: Vec<Note> = batch
        .incoming
        .iter()
        .map(|incoming| Note::Announced { id: incoming.event.id, seq: incoming.event.seq })
        .collect();
    for diff in &batch.diffs {
        match diff {
            Diff::Room { room } => notes.push(Note::Read { seq: room.read }),
            Diff::Items { items, .. } => notes.extend(items.iter().filter_map(|item| {
                let TimelinePosition::Log(seq) = item.place else { return None };
                let sent = item.delivery == Some(Delivery::Sent);
                Some(Note::Shown { seq, key: item.key.clone(), sent })
            })),
            _ => {}
        }
    }
    notes
}
