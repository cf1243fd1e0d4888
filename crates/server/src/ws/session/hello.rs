//! `hello`, `welcome` and the digests.

use std::time::Duration;

use homing_protocol::frame::{Hello, ServerBye, Welcome};
use homing_protocol::{CloseCode, ErrorCode, FOLD, Pos, Seq, ServerFrame, VERSION};
use tokio::time::Instant;

use super::{CatchingUp, Closing, Effect, Phase, Request, Session, failure, millis};
use crate::store::{LogForm, Snapshot, StoreError};
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
        self.phase = Phase::Welcoming;
        if hello.capabilities.iter().any(|capability| capability == FOLD) {
            self.form = LogForm::Folded;
        }
        // Cursors of another epoch are meaningless, as is a position without an epoch.
        let ours = hello.epoch == Some(self.info.epoch);
        self.reset = hello.epoch.is_some() && !ours;
        let (since, client_useq) = match (hello.pos, hello.useq) {
            (pos, useq) if ours => (pos.unwrap_or_default(), useq.unwrap_or_default()),
            _ => Default::default(),
        };
        self.client_useq = client_useq;
        self.pos = since;
        vec![Effect::Request(Request::Hello { since, form: self.form })]
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
                spread_ms: Some(millis(self.info.timers.retry_spread)),
                reason: code.meaning().into(),
            }),
        })]
    }

    pub(super) fn welcome(
        &mut self,
        result: Result<Snapshot, StoreError>,
        time: i64,
        now: Instant,
    ) -> Vec<Effect> {
        if self.phase != Phase::Welcoming {
            return Vec::new();
        }
        let snapshot = match result {
            Ok(snapshot) => snapshot,
            Err(error) => {
                tracing::error!(%error, "the store failed at a hello");
                return self.close(CloseCode::SERVER_ERROR, "the server failed");
            }
        };
        // A client that is ahead in the same epoch has data that this database has lost.
        let ahead = self.pos > snapshot.pos || self.client_useq > snapshot.useq;
        if ahead && !self.reset {
            self.reset = true;
            self.pos = Pos(0);
            return vec![Effect::Request(Request::Hello { since: Pos(0), form: self.form })];
        }
        self.phase = Phase::Ready;
        self.useq = snapshot.useq;
        self.space_name.clone_from(&snapshot.space_name);
        let info = &self.info;
        let welcome = Welcome {
            version: VERSION,
            server: concat!("homing-server ", env!("CARGO_PKG_VERSION")).into(),
            session: info.session,
            space: info.space,
            space_name: self.space_name.clone(),
            me: info.person,
            device: info.device,
            epoch: info.epoch,
            reset: self.reset,
            pos: snapshot.pos,
            useq: snapshot.useq,
            heartbeat_ms: millis(info.timers.heartbeat),
            limits: info.limits,
            time,
        };
        let rooms: std::collections::BTreeMap<_, _> = snapshot
            .rooms
            .iter()
            .filter(|room| room.head > Seq(0))
            .map(|room| (room.room, room.head))
            .collect();
        let mut effects = vec![Effect::Send(ServerFrame::Welcome(Box::new(welcome)))];
        effects.extend(self.send_digest(snapshot));
        if rooms.is_empty() {
            effects.push(Effect::Send(ServerFrame::CaughtUp));
        } else {
            let quiet = now + self.info.timers.quiet;
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
        if std::mem::take(&mut self.digest.stale) {
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
            Ok(snapshot) => self.send_digest(snapshot),
        }
    }

    fn send_digest(&mut self, snapshot: Snapshot) -> Vec<Effect> {
        let pos = snapshot.pos;
        let renamed = snapshot.space_name != self.space_name;
        if renamed {
            self.space_name.clone_from(&snapshot.space_name);
        }
        let mut frames = digest::split(snapshot, self.pos);
        if let Some(last) = frames.last_mut().filter(|_| renamed) {
            last.space_name = Some(self.space_name.clone());
        }
        self.pos = pos;
        frames.into_iter().map(|frame| Effect::Send(ServerFrame::Digest(frame))).collect()
    }
}
