//! What the driver does when other things are wanted than before, or the machine was disturbed.

use homing_protocol::CloseCode;
use tokio::time::Instant;

use super::after::After;
use super::{Driver, State, ping};
use crate::link::Phase;
use crate::timeouts::STALE_DIAL;
use crate::trace::Side;
use crate::view::LinkFailure;

impl Driver {
    /// Acts on what is wanted now and was not before.
    pub(super) async fn wished(&mut self) {
        let new = self.reins.wish.borrow_and_update().clone();
        let old = std::mem::replace(&mut self.wish, new);
        let new_token = self.wish.token != old.token;
        let asked = self.wish.tries != old.tries || new_token;
        let disturbed = self.wish.disturbances != old.disturbances;
        let rerouted = self.wish.routes != old.routes;
        let tuned = self.wish.patience != old.patience;
        if tuned {
            self.tune();
        }
        if disturbed || rerouted {
            self.backoff.begin_anew();
        }
        if self.wish.offline {
            if !old.offline {
                self.backoff.begin_anew();
                self.leave("the person stays offline").await;
                self.follow(After::Rest { phase: Phase::Stopped }).await;
            }
            return;
        }
        if self.cut_off() && !old.no_network {
            return self.lost_network().await;
        }
        if rerouted {
            return self.reroute().await;
        }
        match &mut self.state {
            State::Live(live) => {
                live.heartbeat.foreground(self.wish.foreground);
                if let Some((id, fault)) = self.wish.abandon
                    && id == live.id
                {
                    return self.abandoned(fault).await;
                }
                if asked || disturbed {
                    let n = live.heartbeat.doubt(Instant::now());
                    live.out.push_back(ping(n));
                }
            }
            // Another network may show the right certificate again, as one does behind a login page.
            State::Resting if asked || disturbed && self.looks_again => {
                self.follow(After::AtOnce).await
            }
            // A wait by other figures than the person's is none that they chose.
            State::Waiting(_) if asked || disturbed || tuned => self.follow(After::AtOnce).await,
            State::Connecting { since, stale, .. } if new_token || disturbed => {
                // Begun with a token, or in a network, that is no more. A young one may have been
                // begun by the same change, and is given its time.
                let old = *since + STALE_DIAL;
                if new_token || Instant::now() > old {
                    self.follow(After::AtOnce).await;
                } else {
                    stale.get_or_insert(old);
                }
            }
            State::Resting | State::Waiting(_) | State::Connecting { .. } => {}
        }
    }

    /// Whatever is under way goes a way that is no longer wanted.
    async fn reroute(&mut self) {
        match &self.state {
            State::Resting if !self.looks_again => return,
            State::Live(_) => self.leave("the way to the server is another one").await,
            State::Resting | State::Connecting { .. } | State::Waiting(_) => {}
        }
        self.follow(After::AtOnce).await;
    }

    /// Takes over what the person chose.
    fn tune(&mut self) {
        if let Some(patience) = &self.wish.patience {
            self.timeouts = self.timeouts.with(patience);
            self.backoff.tune(&self.timeouts);
            if let State::Live(live) = &mut self.state {
                live.heartbeat.tune(self.timeouts);
            }
        }
    }

    /// The system is sure that the server can't be reached.
    pub(super) fn cut_off(&self) -> bool {
        self.wish.no_network && !self.local
    }

    /// What is connected is dead, and it is said at once. The tries go on: systems err.
    async fn lost_network(&mut self) {
        let why = LinkFailure::NoNetwork;
        match &self.state {
            State::Live(_) => {
                self.over(CloseCode::ABNORMAL, Side::Here);
                self.last_close = Some(CloseCode::ABNORMAL);
            }
            State::Connecting { .. } => self.reins.trace.failed(self.connections, why.clone()),
            State::Resting | State::Waiting(_) => return,
        }
        tracing::info!("there is no network");
        self.follow(After::Retry { why }).await;
    }
}
