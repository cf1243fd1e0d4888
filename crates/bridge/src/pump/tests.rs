use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use homing_engine::diff::Diff;
use homing_engine::view::OutboxCount;
use tokio::time::Instant;

use super::*;
use crate::fixture;

#[derive(Default)]
struct Recorded {
    notes: Mutex<Vec<DesktopNotification>>,
    withdrawn: Mutex<Vec<NotificationKey>>,
    tray_states: Mutex<Vec<TrayState>>,
}

impl Desktop for Recorded {
    fn show(&self, note: DesktopNotification) {
        self.notes.lock().unwrap().push(note);
    }
    fn withdraw(&self, key: NotificationKey) {
        self.withdrawn.lock().unwrap().push(key);
    }
    fn set_tray_state(&self, state: TrayState) {
        self.tray_states.lock().unwrap().push(state);
    }
    fn quit(&self) {}
}

/// A wall clock that begins in 1970 and moves with tokio's.
struct Wall(Instant);

impl Clock for Wall {
    fn now_ms(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

struct Channel(mpsc::Sender<Push>);

impl Subscriber for Channel {
    fn push(&mut self, push: &Push) -> PushOutcome {
        match self.0.try_send(push.clone()) {
            Ok(()) => PushOutcome::Taken,
            Err(mpsc::error::TrySendError::Full(_)) => PushOutcome::Full,
            Err(mpsc::error::TrySendError::Closed(_)) => PushOutcome::Gone,
        }
    }
}

fn view() -> AppView {
    AppView { spaces: vec![fixture::overview()], ..fixture::view() }
}

fn start() -> (Pump, Arc<Recorded>, CancellationToken) {
    start_in(|| TimeZone::UTC)
}

fn start_in(zone: fn() -> TimeZone) -> (Pump, Arc<Recorded>, CancellationToken) {
    let (desktop, stop) = (Arc::new(Recorded::default()), CancellationToken::new());
    let around = PumpDeps {
        desktop: desktop.clone(),
        clock: Arc::new(Wall(Instant::now())),
        zone,
        locale: None,
    };
    let pump = Pump::start(view(), around, &TaskTracker::new(), stop.clone());
    (pump, desktop, stop)
}

async fn listen(pump: &Pump, room: usize) -> mpsc::Receiver<Push> {
    let (sender, receiver) = mpsc::channel(room);
    pump.tell(PumpInput::Listen(Box::new(Channel(sender)))).await;
    receiver
}

fn outbox(number: u64, waiting: u32) -> PumpInput {
    let outbox = OutboxCount { waiting, wedged: 0 };
    let batch = Batch { number, diffs: vec![Diff::Outbox { outbox }], incoming: vec![] };
    PumpInput::Batch(fixture::space_id(), Arc::new(batch))
}

#[tokio::test(start_paused = true)]
async fn a_listener_gets_the_snapshot_and_then_numbered_changes() {
    let (pump, _, _stop) = start();
    let mut pushes = listen(&pump, 8).await;
    let Some(Push::Snapshot { number: 0, view: first }) = pushes.recv().await else {
        panic!("no snapshot");
    };
    assert_eq!(*first, view());
    for n in 1..=2 {
        pump.tell(outbox(n, 1)).await;
        let Some(Push::Changes { number, changes }) = pushes.recv().await else {
            panic!("no changes");
        };
        assert_eq!((number, changes.len()), (n, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn who_falls_behind_gets_a_snapshot_with_what_was_missed() {
    let (pump, _, _stop) = start();
    let mut pushes = listen(&pump, 1).await;
    while pushes.is_empty() {
        tokio::task::yield_now().await;
    }
    for n in 1..=5 {
        pump.tell(outbox(n, u32::try_from(n).unwrap())).await;
    }
    while pump.inputs.capacity() < INPUTS {
        tokio::task::yield_now().await;
    }
    assert!(matches!(pushes.recv().await, Some(Push::Snapshot { number: 0, .. })));
    let Some(Push::Snapshot { view, .. }) = pushes.recv().await else {
        panic!("no second snapshot")
    };
    assert_eq!(view.spaces[0].outbox.waiting, 5);
}

#[tokio::test(start_paused = true)]
async fn resync_sends_the_snapshot_again() {
    let (pump, _, _stop) = start();
    let mut pushes = listen(&pump, 8).await;
    pushes.recv().await;
    pump.tell(PumpInput::Resync).await;
    assert!(matches!(pushes.recv().await, Some(Push::Snapshot { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_message_notifies_and_counts() {
    let (pump, desktop, _stop) = start();
    let mut pushes = listen(&pump, 8).await;
    pushes.recv().await;
    let mut room = fixture::room(0, "general");
    room.unread = 1;
    let batch = Batch {
        number: 1,
        diffs: vec![Diff::Room { room }],
        incoming: vec![fixture::incoming(0, 11, "hello", &[])],
    };
    pump.tell(PumpInput::Batch(fixture::space_id(), Arc::new(batch))).await;
    pushes.recv().await;
    assert_eq!(desktop.notes.lock().unwrap().len(), 1);
    assert_eq!(desktop.tray_states.lock().unwrap().last().unwrap().unread.messages, 1);
    let decisions = pump.decisions().await;
    assert_eq!((decisions.len(), decisions[0].shown), (1, true));
}

#[tokio::test(start_paused = true)]
async fn the_tray_tells_a_pause_until_it_is_over() {
    let (pump, desktop, _stop) = start();
    let minutes = |n: i64| n * 60_000;
    let settings = Settings { notify_paused_until: minutes(90), ..Settings::default() };
    pump.change(Change::Settings { settings }).await;
    tokio::time::sleep(Duration::from_secs(91 * 60)).await;
    let told: Vec<_> =
        desktop.tray_states.lock().unwrap().iter().map(|state| state.paused.clone()).collect();
    assert_eq!(told, [Some("1:30".to_owned()), None]);
}

#[tokio::test(start_paused = true)]
async fn the_tray_tells_a_pause_by_the_clock_of_where_the_person_is() {
    static IN_SHANGHAI: AtomicBool = AtomicBool::new(false);
    let (pump, desktop, _stop) = start_in(|| {
        let shanghai = IN_SHANGHAI.load(Ordering::SeqCst);
        if shanghai { TimeZone::fixed(jiff::tz::offset(8)) } else { TimeZone::UTC }
    });
    let settings = Settings { notify_paused_until: 90 * 60_000, ..Settings::default() };
    pump.change(Change::Settings { settings }).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    IN_SHANGHAI.store(true, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(11)).await;
    let told: Vec<_> =
        desktop.tray_states.lock().unwrap().iter().map(|state| state.paused.clone()).collect();
    assert_eq!(told, [Some("1:30".to_owned()), Some("9:30".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_not_taken_is_shown_with_its_text() {
    let (pump, desktop, _stop) = start();
    let (space, room) = (fixture::space_id(), fixture::room_id(0));
    let about =
        NotifiedMessage { space, room, seq: homing_protocol::Seq(1), key: "row".to_owned() };
    pump.tell(PumpInput::Unsent(about, "on my way".to_owned())).await;
    pump.decisions().await;
    let notes = desktop.notes.lock().unwrap();
    assert_eq!(
        (notes[0].key, notes[0].body.as_str()),
        (NotificationKey::Unsent(space, room), "on my way")
    );
}

/// Tells of a message that notifies.
async fn notified(pump: &Pump) {
    let mut room = fixture::room(0, "general");
    (room.head, room.unread) = (homing_protocol::Seq(11), 1);
    let batch = Batch {
        number: 1,
        diffs: vec![Diff::Room { room }],
        incoming: vec![fixture::incoming(0, 11, "hello", &[])],
    };
    pump.tell(PumpInput::Batch(fixture::space_id(), Arc::new(batch))).await;
}

#[tokio::test(start_paused = true)]
async fn an_overview_that_replaces_another_takes_back_what_was_read_meanwhile() {
    let (pump, desktop, _stop) = start();
    notified(&pump).await;
    let mut overview = fixture::overview();
    (overview.rooms[0].head, overview.rooms[0].read) =
        (homing_protocol::Seq(11), homing_protocol::Seq(11));
    pump.tell(PumpInput::Overview(Box::new(overview))).await;
    pump.decisions().await;
    let key = NotificationKey::Room(fixture::space_id(), fixture::room_id(0));
    assert_eq!(*desktop.withdrawn.lock().unwrap(), [key]);
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_space_that_can_not_be_read_stays_on_the_desktop() {
    let (pump, desktop, _stop) = start();
    let mut pushes = listen(&pump, 8).await;
    notified(&pump).await;
    let unreadable = Unreadable {
        space: fixture::space_id(),
        why: crate::dto::UnreadableWhy::Failed,
        text: "no".to_owned(),
    };
    for _ in 0..2 {
        pump.tell(PumpInput::Unreadable(unreadable.clone())).await;
    }
    pump.tell(PumpInput::Resync).await;
    pump.decisions().await;
    let key = NotificationKey::Room(fixture::space_id(), fixture::room_id(0));
    assert_eq!(*desktop.withdrawn.lock().unwrap(), [key]);
    let mut last = None;
    while let Ok(push) = pushes.try_recv() {
        last = Some(push);
    }
    let Some(Push::Snapshot { view, .. }) = last else { panic!("no snapshot") };
    assert_eq!(view.unreadable, [unreadable]);
}
