//! The connected devices of this node, and delivery to them.
//!
//! Who may see an event is decided in its commit and comes with the [`Change`]; here it is only put
//! into queues. An event is serialised once and shared by all receivers.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use homing_protocol::frame::{Presence, PushedEvent, Receipt, ServerEph};
use homing_protocol::{CloseCode, DeviceId, Event, Fold, RoomId, ServerFrame, SessionId, UserId};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::presence;
use super::queue::{Due, EventHeader, OwnHeader, Push, PushHeader, Queue};
use crate::config::Rates;
use crate::metrics::Metrics;
use crate::rate_limit::{KeyedBuckets, Rate};
use crate::store::change::Audience;
use crate::store::{self, Change, LogForm};

/// One connected device with its queue.
#[derive(Debug)]
pub struct Subscriber {
    pub session: SessionId,
    pub person: UserId,
    pub device: DeviceId,
    form: LogForm,
    active: AtomicBool,
    queue: Mutex<Queue>,
    wake: Notify,
}

impl Subscriber {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, push: Push, metrics: &Metrics) {
        metrics.pushed.fetch_add(1, Ordering::Relaxed);
        if self.queue().push(push) {
            metrics.overflows.fetch_add(1, Ordering::Relaxed);
        }
        self.wake.notify_one();
    }

    /// Drops everything queued for a room.
    pub fn forget(&self, room: RoomId) {
        self.queue().forget(room);
    }

    /// The next frame to write.
    pub fn pop(&self) -> Option<(Utf8Bytes, PushHeader)> {
        self.queue().pop()
    }

    /// Takes what is due.
    pub fn take_due(&self) -> Due {
        self.queue().take_due()
    }

    /// Whether a frame waits.
    pub fn has_frames(&self) -> bool {
        self.queue().has_frames()
    }

    /// Whether something is due.
    pub fn has_due(&self) -> bool {
        self.queue().has_due()
    }

    /// Waits for the next push.
    pub async fn pushed(&self) {
        self.wake.notified().await;
    }
}

/// All connected devices of this node.
#[derive(Debug)]
pub struct Hub {
    state: Mutex<State>,
    metrics: Arc<Metrics>,
}

#[derive(Debug)]
struct State {
    /// Ordered, so that pushes have the same order in every run.
    people: BTreeMap<UserId, Vec<Arc<Subscriber>>>,
    /// Whose presence may have changed since it was last announced.
    presence_changed: BTreeSet<UserId>,
    /// Presence as last announced.
    announced: BTreeMap<UserId, Presence>,
    sends: KeyedBuckets<UserId>,
    hellos: KeyedBuckets<DeviceId>,
    /// How many departures from rooms have been pushed.
    departures: u64,
}

impl Hub {
    /// A hub without connections.
    #[must_use]
    pub fn new(sends: Rate, rates: Rates, metrics: Arc<Metrics>) -> Self {
        Self {
            state: Mutex::new(State {
                people: BTreeMap::new(),
                presence_changed: BTreeSet::new(),
                announced: BTreeMap::new(),
                sends: KeyedBuckets::new(sends),
                hellos: KeyedBuckets::new(rates.hellos),
                departures: 0,
            }),
            metrics,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection, with the form in which it takes events. An older one of the same device
    /// is closed as replaced.
    pub fn attach(
        &self,
        person: UserId,
        device: DeviceId,
        session: SessionId,
        form: LogForm,
    ) -> Arc<Subscriber> {
        let subscriber = Arc::new(Subscriber {
            session,
            person,
            device,
            form,
            active: AtomicBool::new(false),
            queue: Mutex::new(Queue::default()),
            wake: Notify::new(),
        });
        let mut state = self.state();
        let connected = state.people.entry(person).or_default();
        for older in connected.iter().filter(|older| older.device == device) {
            let code = CloseCode::REPLACED;
            older.push(Push::Close { code }, &self.metrics);
        }
        connected.retain(|older| older.device != device);
        connected.push(subscriber.clone());
        state.presence_changed.insert(person);
        self.metrics.sessions.fetch_add(1, Ordering::Relaxed);
        subscriber
    }

    /// Removes a connection. Does nothing if it was replaced before.
    pub fn detach(&self, subscriber: &Subscriber) {
        let mut state = self.state();
        if let Some(connected) = state.people.get_mut(&subscriber.person) {
            connected.retain(|other| other.session != subscriber.session);
            if connected.is_empty() {
                state.people.remove(&subscriber.person);
            }
        }
        state.presence_changed.insert(subscriber.person);
        self.metrics.sessions.fetch_sub(1, Ordering::Relaxed);
    }

    /// The number of connected people, except for `person`.
    pub fn people_besides(&self, person: Option<UserId>) -> usize {
        self.state().people.keys().filter(|connected| Some(**connected) != person).count()
    }

    /// Takes items from a member's allowance for sending.
    ///
    /// # Errors
    /// How long to wait.
    pub fn may_send(&self, person: UserId, items: u32, now: Instant) -> Result<(), Duration> {
        self.state().sends.take(person, items, now)
    }

    /// Takes one `hello` from a device's allowance.
    ///
    /// # Errors
    /// How long to wait.
    pub fn may_start_session(&self, device: DeviceId, now: Instant) -> Result<(), Duration> {
        self.state().hellos.take(device, 1, now)
    }

    /// Sets whether the person is active on this device.
    pub fn set_active(&self, subscriber: &Subscriber, active: bool) {
        if subscriber.active.swap(active, Ordering::Relaxed) != active {
            self.state().presence_changed.insert(subscriber.person);
        }
    }

    /// The presence of all people who are not offline, for a new connection.
    pub fn presence_snapshot(&self) -> Vec<ServerFrame> {
        presence::frames(&self.state().announced, true)
    }

    /// Pushes all changes of presence since the last call to everybody.
    pub fn announce_presence(&self) {
        let mut state = self.state();
        if state.presence_changed.is_empty() {
            return;
        }
        let changed = std::mem::take(&mut state.presence_changed);
        let mut news = BTreeMap::new();
        for person in changed {
            let now = presence::of(
                state
                    .people
                    .get(&person)
                    .into_iter()
                    .flatten()
                    .map(|subscriber| subscriber.active.load(Ordering::Relaxed)),
            );
            let before = if now == Presence::Offline {
                state.announced.remove(&person)
            } else {
                state.announced.insert(person, now)
            };
            if before.unwrap_or(Presence::Offline) != now {
                news.insert(person, now);
            }
        }
        for frame in presence::frames(&news, false) {
            let text = Utf8Bytes::from(frame.encode());
            for subscriber in state.people.values().flatten() {
                subscriber.push(Push::Eph { room: None, text: text.clone() }, &self.metrics);
            }
        }
    }

    /// How many departures from rooms have been pushed so far.
    pub fn departures(&self) -> u64 {
        self.state().departures
    }

    /// Pushes a typing notice to members of a room. The members were read when `departures` had
    /// this value. If it has grown since, one of them may have left and know it, so nothing is
    /// pushed; the next keystroke sends another notice.
    pub fn announce_typing(&self, room: RoomId, writer: UserId, to: &[UserId], departures: u64) {
        let frame = ServerFrame::Eph(ServerEph::Typing { room, user: writer });
        let text = Utf8Bytes::from(frame.encode());
        let state = self.state();
        if state.departures != departures {
            return;
        }
        for subscriber in to
            .iter()
            .filter(|person| **person != writer)
            .filter_map(|person| state.people.get(person))
            .flatten()
        {
            subscriber.push(Push::Eph { room: Some(room), text: text.clone() }, &self.metrics);
        }
    }

    /// Queues a change for the devices that may see it.
    pub fn deliver(&self, change: Change) {
        match change {
            Change::Event { event, fold, to } => {
                self.metrics.events.fetch_add(1, Ordering::Relaxed);
                let given_back = u64::from(event.origin.is_some());
                self.metrics.given_back.fetch_add(given_back, Ordering::Relaxed);
                let header = EventHeader {
                    room: event.room,
                    seq: event.seq,
                    sender: event.sender,
                    cid: event.cid,
                };
                let texts = EventTexts::new(event, fold.map(|fold| *fold));
                let state = self.state();
                for subscriber in to.iter().filter_map(|person| state.people.get(person)).flatten()
                {
                    let text = texts.of(subscriber.form);
                    subscriber.push(Push::Event { event: header, text }, &self.metrics);
                }
            }
            Change::Own { person, change } => {
                let own = OwnHeader::of(&change);
                if own.left.is_some() {
                    self.state().departures += 1;
                }
                let frame = ServerFrame::Uevent(change);
                self.push_to(&[person], &frame, |text| Push::Own { own, text });
            }
            Change::Digest { to, .. } => match to {
                Audience::People(people) => self.push_all(&people, || Push::DigestDue),
                Audience::All => self.push_to_everybody(|| Push::DigestDue),
            },
            Change::Delivered { room, to } => {
                for (person, delivered) in to {
                    let frame = ServerFrame::Receipt(Receipt { room, delivered });
                    self.push_to(&[person], &frame, |text| Push::Receipt { room, text });
                }
            }
            Change::Dismissed { person, device, code } => {
                let state = self.state();
                for subscriber in state.people.get(&person).into_iter().flatten() {
                    if device.is_none_or(|device| device == subscriber.device) {
                        subscriber.push(Push::Close { code }, &self.metrics);
                    }
                }
            }
            Change::ExternalWrite => self.push_to_everybody(|| Push::HeadsDue),
        }
    }

    /// Another node's hint: a room's log is longer than was pushed here.
    pub fn hint_room(&self, room: RoomId, head: homing_protocol::Seq, members: &[UserId]) {
        self.push_all(members, || Push::Gap { room, head });
    }

    /// Another node's hint: a person's own stream grew.
    pub fn hint_own(&self, person: UserId) {
        self.push_all(&[person], || Push::OwnDue);
    }

    /// Makes every connection compare its heads and read a digest.
    pub fn resync_all(&self) {
        self.push_to_everybody(|| Push::HeadsDue);
    }

    fn push_to(&self, to: &[UserId], frame: &ServerFrame, push: impl Fn(Utf8Bytes) -> Push) {
        let state = self.state();
        let mut subscribers =
            to.iter().filter_map(|person| state.people.get(person)).flatten().peekable();
        if subscribers.peek().is_none() {
            return;
        }
        let text = Utf8Bytes::from(frame.encode());
        for subscriber in subscribers {
            subscriber.push(push(text.clone()), &self.metrics);
        }
    }

    fn push_all(&self, to: &[UserId], push: impl Fn() -> Push) {
        let state = self.state();
        for subscriber in to.iter().filter_map(|person| state.people.get(person)).flatten() {
            subscriber.push(push(), &self.metrics);
        }
    }

    fn push_to_everybody(&self, push: impl Fn() -> Push) {
        let state = self.state();
        for subscriber in state.people.values().flatten() {
            subscriber.push(push(), &self.metrics);
        }
    }
}

/// An event as text, by form: encoded when it is first needed, and once if it is the same in both.
struct EventTexts {
    event: Event,
    fold: Option<Fold>,
    whole: OnceCell<Utf8Bytes>,
    folded: OnceCell<Utf8Bytes>,
}

impl EventTexts {
    fn new(event: Event, fold: Option<Fold>) -> Self {
        Self { event, fold, whole: OnceCell::new(), folded: OnceCell::new() }
    }

    fn of(&self, form: LogForm) -> Utf8Bytes {
        let encode = |event, fold: Option<Fold>| {
            ServerFrame::Event(PushedEvent { event, live: true, fold: fold.map(Box::new) })
                .encode()
                .into()
        };
        let event = || self.event.clone();
        match form {
            LogForm::Whole if self.event.quiet => {
                self.whole.get_or_init(|| encode(store::stub(event()), None))
            }
            LogForm::Whole if self.fold.is_some() => {
                self.whole.get_or_init(|| encode(event(), None))
            }
            LogForm::Whole | LogForm::Folded => {
                self.folded.get_or_init(|| encode(event(), self.fold.clone()))
            }
        }
        .clone()
    }
}

#[cfg(test)]
mod tests {
    use homing_protocol::Seq;
    use homing_protocol::frame::{Uevent, UserKey};
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn people_are_counted_and_not_their_devices() {
        let id = Uuid::from_u128;
        let (ada, bob) = (UserId(id(1)), UserId(id(2)));
        let hub = Hub::new(Rate::per_second(1, 1), Rates::default(), Arc::default());
        let counts = || [None, Some(ada), Some(bob)].map(|person| hub.people_besides(person));
        assert_eq!(counts(), [0, 0, 0]);
        let connect =
            |person, n| hub.attach(person, DeviceId(id(n)), SessionId(id(n)), LogForm::Folded);
        let at_ada = connect(ada, 3);
        let at_bob = [connect(bob, 4), connect(bob, 5)];
        assert_eq!(counts(), [2, 1, 1]);
        hub.detach(&at_bob[0]);
        assert_eq!(counts(), [2, 1, 1], "he has another device");
        hub.detach(&at_bob[1]);
        assert_eq!(counts(), [1, 0, 1]);
        hub.detach(&at_ada);
        assert_eq!(counts(), [0, 0, 0]);
    }

    #[test]
    fn nobody_hears_who_types_in_a_room_that_they_were_told_they_are_out_of() {
        let id = Uuid::from_u128;
        let (room, ada, bob) = (RoomId(id(1)), UserId(id(2)), UserId(id(3)));
        for told in [false, true] {
            let hub = Hub::new(Rate::per_second(1, 1), Rates::default(), Arc::default());
            let subscriber = hub.attach(bob, DeviceId(id(4)), SessionId(id(5)), LogForm::Folded);
            // Who is in the room is read, then he is sent out, then they are told.
            let departures = hub.departures();
            if told {
                let key = UserKey::Room(room);
                let change = Uevent { useq: homing_protocol::Useq(1), key, value: Value::Null };
                hub.deliver(Change::Own { person: bob, change });
                assert!(
                    subscriber.pop().is_some_and(|(_, about)| matches!(about, PushHeader::Own(_)))
                );
            }
            hub.announce_typing(room, ada, &[ada, bob], departures);
            assert_eq!(subscriber.pop().is_some(), !told, "told: {told}");
        }
    }

    #[test]
    fn an_event_is_said_in_the_form_that_a_client_takes() {
        let id = Uuid::from_u128;
        let (room, ada) = (RoomId(id(1)), UserId(id(2)));
        let gone = Some(ada);
        let fold = Fold {
            seq: Seq(1),
            as_of: Seq(2),
            edit: None,
            reactions: Vec::new(),
            mine: None,
            pinned: false,
            gone,
            of: None,
        };
        for (kind, quiet, fold) in
            [("message", false, None), ("pin", false, Some(&fold)), ("redact", true, Some(&fold))]
        {
            let hub = Hub::new(Rate::per_second(1, 1), Rates::default(), Arc::default());
            let connect = |n, form| hub.attach(ada, DeviceId(id(n)), SessionId(id(n)), form);
            let subscribers = [connect(3, LogForm::Whole), connect(4, LogForm::Folded)];
            let event = Event {
                room,
                seq: Seq(2),
                id: homing_protocol::EventId(id(5)),
                cid: None,
                sender: ada,
                kind: kind.to_owned(),
                body: serde_json::json!({"text": "x"}).into(),
                ts: 0,
                quiet,
                origin: None,
            };
            let change = Change::Event {
                event: event.clone(),
                fold: fold.cloned().map(Box::new),
                to: [ada].into(),
            };
            hub.deliver(change);
            let [whole, folded] = subscribers.map(|subscriber| {
                let (text, _) = subscriber.pop().unwrap();
                match ServerFrame::decode(&text, text.len()).unwrap() {
                    ServerFrame::Event(pushed) => pushed,
                    other => panic!("{other:?}"),
                }
            });
            assert_eq!((&folded.event, folded.fold.as_deref()), (&event, fold), "{kind}");
            let expected = if quiet { store::stub(event) } else { event };
            assert_eq!((whole.event, whole.fold), (expected, None), "{kind}");
        }
    }
}
