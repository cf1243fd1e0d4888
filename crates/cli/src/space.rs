//! Runs the engine of a space for one command, and waits for its state.

use std::sync::Arc;

use homing_engine::clock::{Seed, SystemClock};
use homing_engine::diff::{Batch, Diff};
use homing_engine::session::profile::Profile;
use homing_engine::session::{Recovery, SpaceRecord};
use homing_engine::view::{ConnectionFailure, ConnectionState, Overview};
use homing_engine::{Config, Deps, Engine, Error, Handle, Lagged, Subscription};
use homing_protocol::RoomId;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::args::Common;
use crate::failure::{Code, Failure, no_connection};
use crate::output::Output;
use crate::{dialer, profile, room};

/// The program's name in `hello`.
pub(crate) const APP: &str = concat!("homing ", env!("CARGO_PKG_VERSION"));
/// Failed attempts after which a command stops waiting.
const MAX_ATTEMPTS: u32 = 3;

/// A space with a running engine.
pub(crate) struct RunningSpace {
    pub(crate) engine: Handle,
    pub(crate) record: SpaceRecord,
    overview: Overview,
    batches: Subscription,
    deadline: Instant,
    /// Keeps the profile locked while the engine runs.
    _profile: Profile,
}

/// Starts the engine of the selected space.
pub(crate) async fn open(common: &Common) -> Result<RunningSpace, Failure> {
    let deadline = Instant::now() + common.timeout;
    let profile = profile::open(common).await?;
    let record = choose(&profile, common.space.as_deref()).await?;
    let secrets = profile::secrets(common, &profile);
    let deps = Deps {
        store: Arc::new(profile.store(record.space).await?),
        connector: Arc::new(dialer::build(common, secrets.clone())?),
        secrets,
        clock: Arc::new(SystemClock),
        seed: Seed::from_system(),
        config: Config::new(APP),
    };
    if let Some(rescue) = profile.pending_recovery(record.space) {
        Output { json: common.json }.note(recovery_notice(&rescue));
        profile.dismiss_recovery(record.space)?;
    }
    tracing::debug!(space = %record.space, device = %record.device, "starting the engine");
    let engine = Engine::start(record.clone(), deps, CancellationToken::new()).await?;
    let (_, overview, batches) = engine.subscribe().await?;
    Ok(RunningSpace { engine, record, overview, batches, deadline, _profile: profile })
}

/// The notice about a database that was damaged and rebuilt.
fn recovery_notice(rescue: &Recovery) -> String {
    let lost = match (rescue.unreadable, rescue.whole) {
        (0, true) => "none lost".to_owned(),
        (0, false) => "others may be unreadable".to_owned(),
        (lost, _) => format!("{lost} unreadable"),
    };
    format!(
        "the database of {} was damaged. It was set aside as {} and is being downloaded again. \
         Unsent messages rescued: {}, {lost}",
        crate::text::plain(&rescue.name),
        rescue.aside.display(),
        rescue.queued,
    )
}

/// Selects a space by name or id, or the only one.
pub(crate) async fn choose(
    profile: &Profile,
    wanted: Option<&str>,
) -> Result<SpaceRecord, Failure> {
    let (mut records, mut unreadable) = (Vec::new(), None);
    for listed in profile.list().await? {
        match listed.record {
            Ok(record) => records.push(record),
            Err(error) => {
                let space = listed.space;
                let text = format!("can't read the database of space {space}: {error}");
                unreadable = Some((space, Failure::new(Code::Failed, text)));
            }
        }
    }
    // Other spaces stay usable.
    if let Some((space, failure)) = unreadable
        && (records.is_empty() || wanted == Some(&space.to_string()))
    {
        return Err(failure);
    }
    let names: Vec<_> = records.iter().map(|record| record.name.clone()).collect();
    let meant = |record: &SpaceRecord| {
        wanted.is_none_or(|wanted| {
            record.name.eq_ignore_ascii_case(wanted) || record.space.to_string() == wanted
        })
    };
    records.retain(meant);
    if records.len() > 1 {
        let text = format!("this device is in {}. Choose one with --space", names.join(", "));
        return Err(Failure::new(Code::NotFound, text));
    }
    records.pop().ok_or_else(|| {
        let text = if names.is_empty() {
            "this device isn't in a space yet. Run `homing join LINK --as NAME`".to_owned()
        } else {
            format!("this device isn't in that space, only in {}", names.join(", "))
        };
        Failure::new(Code::NotFound, text)
    })
}

impl RunningSpace {
    /// The current overview.
    pub(crate) const fn overview(&self) -> &Overview {
        &self.overview
    }

    /// Whether this device is up to date and the outbox is empty.
    pub(crate) const fn is_settled(&self) -> bool {
        self.is_up_to_date() && self.overview.outbox.waiting == 0
    }

    /// Whether this device has everything that the server has.
    pub(crate) const fn is_up_to_date(&self) -> bool {
        matches!(self.overview.connection, ConnectionState::UpToDate { .. })
    }

    /// Waits until `enough` holds. Stops early when the server refuses, nobody answers or the time
    /// is over. Returns whether it holds.
    pub(crate) async fn wait(
        &mut self,
        mut enough: impl FnMut(&Self, Option<&Batch>) -> bool,
    ) -> Result<bool, Failure> {
        if enough(self, None) {
            return Ok(true);
        }
        while !self.has_given_up() {
            let Ok(batch) = timeout_at(self.deadline, self.next()).await else { return Ok(false) };
            let Some(batch) = batch? else { return Ok(false) };
            if enough(self, batch.as_deref()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Waits until this device is up to date and the outbox is empty, within the time given.
    pub(crate) async fn settle(&mut self) -> Result<bool, Failure> {
        self.wait(|open, _| open.is_settled()).await
    }

    /// Waits for the next batch and applies it. The inner `None`: batches were missed and the
    /// overview was read again. The outer `None`: the engine has stopped.
    pub(crate) async fn next(&mut self) -> Result<Option<Option<Arc<Batch>>>, Failure> {
        match self.batches.recv().await {
            Ok(Some(batch)) => {
                for diff in &batch.diffs {
                    apply(&mut self.overview, diff);
                }
                Ok(Some(Some(batch)))
            }
            Ok(None) => Ok(None),
            Err(Lagged) => {
                self.refresh().await?;
                Ok(Some(None))
            }
        }
    }

    /// Reads the overview again, with what was just written.
    pub(crate) async fn refresh(&mut self) -> Result<(), Failure> {
        (_, self.overview, self.batches) = self.engine.subscribe().await?;
        Ok(())
    }

    /// The direct room with these people, created if needed.
    pub(crate) async fn direct(&self, names: &str) -> Result<RoomId, Failure> {
        let people = room::people(&self.overview, names.split(','), "message")?;
        let opened = timeout_at(self.deadline, self.engine.open_direct(people)).await;
        let opened = opened.map_err(|_| {
            Failure::new(Code::Offline, "the server isn't responding. Nothing was sent")
        })?;
        Ok(opened?)
    }

    /// Waits for the connection, for commands that need the server.
    ///
    /// # Errors
    /// Why there is no connection.
    pub(crate) async fn online(&mut self) -> Result<(), Failure> {
        if self.wait(|open, _| open.is_up_to_date()).await? {
            return Ok(());
        }
        Err(self.connection_failure().unwrap_or_else(|| silent("")))
    }

    /// Waits for a call within the command's time. `then` is added to the error message.
    pub(crate) async fn answer<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
        then: &str,
    ) -> Result<T, Failure> {
        let answer = timeout_at(self.deadline, call).await;
        Ok(answer.map_err(|_| silent(then))??)
    }

    fn has_given_up(&self) -> bool {
        match &self.overview.connection {
            ConnectionState::Refused { .. } | ConnectionState::Stopped => true,
            ConnectionState::Waiting { attempt, why, .. } => {
                *attempt >= MAX_ATTEMPTS || matches!(why, ConnectionFailure::NoToken)
            }
            _ => false,
        }
    }

    /// Why there is no connection, if so. For standard error.
    pub(crate) fn connection_failure(&self) -> Option<Failure> {
        let (code, why) = match &self.overview.connection {
            ConnectionState::UpToDate { .. } | ConnectionState::CatchingUp { .. } => return None,
            ConnectionState::Waiting { why: ConnectionFailure::NoToken, .. } => {
                (Code::NoToken, &ConnectionFailure::NoToken)
            }
            ConnectionState::Waiting { why, .. } => (Code::Offline, why),
            ConnectionState::Connecting { .. } | ConnectionState::Stopped => {
                (Code::Offline, &ConnectionFailure::None)
            }
            ConnectionState::Refused { why: ConnectionFailure::NoToken } => {
                (Code::NoToken, &ConnectionFailure::NoToken)
            }
            // Here this client refused the server.
            ConnectionState::Refused {
                why: why @ ConnectionFailure::CertificateChanged { .. },
            } => (Code::Offline, why),
            ConnectionState::Refused { why } => (Code::Refused, why),
        };
        let text = format!("not connected to {}: {}", self.record.name, no_connection(why));
        Some(Failure::new(code, text))
    }

    /// Closes the connection and the database.
    pub(crate) async fn close(self) {
        self.engine.shutdown().await;
    }
}

fn silent(then: &str) -> Failure {
    Failure::new(Code::Offline, format!("the server isn't responding{then}"))
}

fn apply(overview: &mut Overview, diff: &Diff) {
    match diff {
        Diff::Space { space } => overview.space.clone_from(space),
        Diff::Connection { connection: link } => overview.connection.clone_from(link),
        Diff::Outbox { outbox } => overview.outbox = *outbox,
        Diff::Status { status } => overview.status = *status,
        Diff::Room { room } => {
            overview.rooms.retain(|known| known.id != room.id);
            overview.rooms.push(room.clone());
        }
        Diff::RoomGone { room } => overview.rooms.retain(|known| known.id != *room),
        Diff::Person { person } => {
            overview.people.retain(|known| known.id != person.id);
            overview.people.push(person.clone());
        }
        // Presence is not shown, and timelines are read from the store.
        Diff::Presence { .. }
        | Diff::Devices { .. }
        | Diff::Typing { .. }
        | Diff::Items { .. }
        | Diff::ItemsGone { .. }
        | Diff::Holes { .. }
        | Diff::TimelineReset { .. } => {}
    }
}
