//! `hello`, `welcome` and the digests.

use std::time::Duration;

use homing_protocol::frame::{Hello, ServerBye, Welcome};
use homing_protocol::{CloseCode, ErrorCode, Pos, Seq, ServerFrame, VERSION};
use tokio::time::Instant;

use super::{Ask, CatchingUp, Closing, Effect, Phase, Session, failure, millis};
use crate::store::{Snapshot, StoreError};
use crate::ws::digest;

impl Session {
    pub(super) fn hello(&mut self, hello: &Hello) -> Vec<Effect> {
        if !hello.versions.contains(&VERSION) {
            let text = format!(
                "this server speaks version {VERSION} of the wire, this client {:?}",
                hello.versions
            );
            let mut effects = vec![failure(None, ErrorCode::Invalid, None, &text)];
            effects.extend(self.close(CloseCode::VERSION_UNSUPPORTED, &text));
            return effects;
        }
        self.phase = Phase::Greeting;
        // Cursors of another epoch mean nothing here, nor does a position without its epoch.
        let ours = hello.epoch == Some(self.about.epoch);
        self.reset = hello.epoch.is_some() && !ours;
        let (since, claimed) = match (hello.pos, hello.useq) {
            (pos, useq) if ours => (pos.unwrap_or_default(), useq.unwrap_or_default()),
            _ => Default::default(),
        };
        self.claimed = claimed;
        self.pos = since;
        vec![Effect::Ask(Ask::Greet { since })]
    }

    pub(super) fn hello_limited(&mut self, wait: Duration) -> Vec<Effect> {
        self.phase = Phase::Ended;
        let code = CloseCode::RATE_LIMITED;
        vec![Effect::Close(Closing {
            code,
            reason: code.meaning().into(),
            bye: Some(ServerBye {
                code: code.0,
                retry_after_ms: Some(millis(wait)),
                spread_ms: Some(millis(self.about.timers.retry_spread)),
                reason: code.meaning().into(),
            }),
        })]
    }

    pub(super) fn greeted(
        &mut self,
        result: Result<Snapshot, StoreError>,
        time: i64,
        now: Instant,
    ) -> Vec<Effect> {
        if self.phase != Phase::Greeting {
            return Vec::new();
        }
        let snapshot = match result {
            Ok(snapshot) => snapshot,
            Err(error) => {
                tracing::error!(%error, "the store failed at a hello");
                return self.close(CloseCode::SERVER_ERROR, "the server failed");
            }
        };
        // A client ahead of us, in the same epoch, has seen what this database has lost.
        let ahead = self.pos > snapshot.pos || self.claimed > snapshot.useq;
        if ahead && !self.reset {
            self.reset = true;
            self.pos = Pos(0);
            return vec![Effect::Ask(Ask::Greet { since: Pos(0) })];
        }
        self.phase = Phase::Ready;
        self.useq = snapshot.useq;
        self.space_name.clone_from(&snapshot.space_name);
        let about = &self.about;
        let welcome = Welcome {
            version: VERSION,
            server: concat!("homing-server ", env!("CARGO_PKG_VERSION")).into(),
            session: about.session,
            space: about.space,
            space_name: self.space_name.clone(),
            me: about.person,
            device: about.device,
            epoch: about.epoch,
            reset: self.reset,
            pos: snapshot.pos,
            useq: snapshot.useq,
            heartbeat_ms: millis(about.timers.heartbeat),
            limits: about.limits,
            time,
        };
        let rooms: std::collections::BTreeMap<_, _> = snapshot
            .rooms
            .iter()
            .filter(|room| room.head > Seq(0))
            .map(|room| (room.room, room.head))
            .collect();
        let mut effects = vec![Effect::Say(ServerFrame::Welcome(Box::new(welcome)))];
        effects.extend(self.say_digest(snapshot));
        if rooms.is_empty() {
            effects.push(Effect::Say(ServerFrame::CaughtUp));
        } else {
            let quiet = now + self.about.timers.quiet;
            self.catching_up = Some(CatchingUp { rooms, quiet });
        }
        effects.push(Effect::GoLive);
        effects
    }

    pub(super) fn digested(
        &mut self,
        since: Pos,
        result: Result<Snapshot, StoreError>,
        now: Instant,
    ) -> Vec<Effect> {
        self.digest.asked = false;
        if std::mem::take(&mut self.digest.void) {
            self.digest.due.get_or_insert(now);
            return Vec::new();
        }
        match result {
            Err(_) => self.try_again_later(now, |session| &mut session.digest),
            Ok(_) if since != self.pos || self.phase != Phase::Ready => Vec::new(),
            Ok(snapshot)
                if snapshot.rooms.is_empty()
                    && snapshot.people.is_empty()
                    && snapshot.space_name == self.space_name =>
            {
                Vec::new()
            }
            Ok(snapshot) => self.say_digest(snapshot),
        }
    }

    fn say_digest(&mut self, snapshot: Snapshot) -> Vec<Effect> {
        let pos = snapshot.pos;
        let renamed = snapshot.space_name != self.space_name;
        if renamed {
            self.space_name.clone_from(&snapshot.space_name);
        }
        let mut frames = digest::cut(snapshot, self.pos);
        if let Some(last) = frames.last_mut().filter(|_| renamed) {
            last.space_name = Some(self.space_name.clone());
        }
        self.pos = pos;
        frames.into_iter().map(|frame| Effect::Say(ServerFrame::Digest(frame))).collect()
    }
}
