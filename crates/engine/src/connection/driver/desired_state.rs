//! How the driver follows a change of the desired state.

use homing_protocol::CloseCode;
use tokio::time::Instant;

use super::after_disconnect::AfterDisconnect;
use super::{Driver, State, ping};
use crate::connection::DownState;
use crate::timeouts::STALE_DIAL;
use crate::trace::Side;
use crate::view::ConnectionFailure;

impl Driver {
    /// Acts on the difference between the old and the new desired state.
    pub(super) async fn apply_desired(&mut self) {
        let new = self.channels.desired.borrow_and_update().clone();
        let old = std::mem::replace(&mut self.desired, new);
        let new_token = self.desired.token != old.token;
        let asked = self.desired.tries != old.tries || new_token;
        let disturbed = self.desired.system_events != old.system_events;
        let route_changed = self.desired.route_changes != old.route_changes;
        let policy_changed = self.desired.policy != old.policy;
        if policy_changed {
            self.apply_policy();
        }
        if disturbed || route_changed {
            self.backoff.reset();
        }
        if self.desired.offline {
            if !old.offline {
                self.backoff.reset();
                self.say_bye("the person stays offline").await;
                self.enter(AfterDisconnect::Idle { phase: DownState::Stopped }).await;
            }
            return;
        }
        if self.has_no_network() && !old.no_network {
            return self.lost_network().await;
        }
        if route_changed {
            return self.reroute().await;
        }
        match &mut self.state {
            State::Connected(conn) => {
                conn.heartbeat.foreground(self.desired.foreground);
                if let Some((id, reason)) = self.desired.abandon
                    && id == conn.id
                {
                    return self.abandoned(reason).await;
                }
                if asked || disturbed {
                    let n = conn.heartbeat.probe_urgently(Instant::now());
                    conn.out.push_back(ping(n));
                }
            }
            // Another network may present the right certificate again, for example after a captive
            // portal.
            State::Idle if asked || disturbed && self.retries_on_network_change => {
                self.enter(AfterDisconnect::Immediately).await
            }
            // The wait was computed by the old policy.
            State::Waiting(_) if asked || disturbed || policy_changed => {
                self.enter(AfterDisconnect::Immediately).await
            }
            State::Connecting { since, stale, .. } if new_token || disturbed => {
                // The attempt uses an old token, or was started on an old network. A young attempt
                // may have been caused by the same network change, so it gets some time.
                let old = *since + STALE_DIAL;
                if new_token || Instant::now() > old {
                    self.enter(AfterDisconnect::Immediately).await;
                } else {
                    stale.get_or_insert(old);
                }
            }
            State::Idle | State::Waiting(_) | State::Connecting { .. } => {}
        }
    }

    /// Drops a connection or attempt that uses the old route.
    async fn reroute(&mut self) {
        match &self.state {
            State::Idle if !self.retries_on_network_change => return,
            State::Connected(_) => self.say_bye("the way to the server is another one").await,
            State::Idle | State::Connecting { .. } | State::Waiting(_) => {}
        }
        self.enter(AfterDisconnect::Immediately).await;
    }

    /// Applies the policy that the person chose.
    fn apply_policy(&mut self) {
        if let Some(policy) = &self.desired.policy {
            self.timeouts = self.timeouts.with(policy);
            self.backoff.set_timeouts(&self.timeouts);
            if let State::Connected(conn) = &mut self.state {
                conn.heartbeat.set_timeouts(self.timeouts);
            }
        }
    }

    /// The system is sure that the server can't be reached.
    pub(super) fn has_no_network(&self) -> bool {
        self.desired.no_network && !self.local
    }

    /// Reports at once that the connection is lost. Attempts continue, because the system may be
    /// wrong.
    async fn lost_network(&mut self) {
        let why = ConnectionFailure::NoNetwork;
        match &self.state {
            State::Connected(_) => {
                self.trace_closed(CloseCode::ABNORMAL, Side::Here);
                self.last_close = Some(CloseCode::ABNORMAL);
            }
            State::Connecting { .. } => self.channels.trace.failed(self.connections, why.clone()),
            State::Idle | State::Waiting(_) => return,
        }
        tracing::info!("there is no network");
        self.enter(AfterDisconnect::Retry { why }).await;
    }
}
