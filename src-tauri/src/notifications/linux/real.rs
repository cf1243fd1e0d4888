//! Real notification servers, as the desktops have them.

use homing_bridge::dto::Open;
use homing_stage::{Keyring, Plan, Server as Which, Stage, Watch, eventually};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use zbus::zvariant::OwnedValue;

use super::*;

const ALL: [Which; 5] = [Which::Dunst, Which::Xfce, Which::Mate, Which::Lxqt, Which::Mako];

/// What `Notify` is called with.
type Call = (String, u32, String, String, String, Vec<String>, HashMap<String, OwnedValue>, i32);

/// A desktop, and what shows notifications on it.
struct Desk {
    stage: Stage,
    jobs: mpsc::Sender<Job>,
    answers: mpsc::Receiver<NotificationAnswer>,
    leaving: CancellationToken,
    notifier: JoinHandle<()>,
    notify: Watch,
    closed: Watch,
}

impl Desk {
    async fn with(notifications: Which) -> Self {
        let plan = Plan { notifications, tray: false, keyring: Keyring::Absent, ..Plan::default() };
        let stage = Stage::with(plan).await.unwrap();
        let notify = stage.watch(NAME, "Notify").await.unwrap();
        let closed = stage.watch(NAME, "NotificationClosed").await.unwrap();
        let (jobs, queue) = mpsc::channel(64);
        let (tell, answers) = mpsc::channel(64);
        let leaving = CancellationToken::new();
        let (address, left) = (stage.bus_address().to_owned(), leaving.clone());
        let notifier = TaskTracker::new().spawn(async move {
            run_on(Some(&address), queue, tell, None, left).await;
        });
        Self { stage, jobs, answers, leaving, notifier, notify, closed }
    }

    async fn show(&self, key: Key, title: &str) {
        let (body, click) = ("Body & <b>text</b>".into(), "Open".into());
        let open = Some(Open::Settings);
        let text = Text { title: title.into(), body, click, open, actions: None };
        self.jobs.send(Job::Show(key, Box::new(text))).await.unwrap();
    }

    /// The next call to show one: the title, and which it is to replace.
    async fn asked(&mut self) -> (String, u32) {
        let (_, replaces, _, title, ..): Call =
            self.notify.next().await.unwrap().carries().unwrap();
        (title, replaces)
    }

    /// The number under which the stand-in shows what is so titled.
    async fn number_of(&self, title: &str) -> u32 {
        eventually("it is shown", async || {
            let asked = self.stage.inline()?.asked();
            Ok(asked.iter().find(|one| one.summary == title).map(|one| one.id))
        })
        .await
        .unwrap()
    }

    /// The next that is closed.
    async fn closes(&mut self) -> u32 {
        let (id, _): (u32, u32) = self.closed.next().await.unwrap().carries().unwrap();
        id
    }
}

const TEST: Key = Key::Bridge(homing_bridge::ports::NotificationKey::Test);

#[tokio::test(flavor = "multi_thread")]
async fn every_server_shows_replaces_and_closes() {
    for which in ALL {
        let mut desk = Desk::with(which).await;
        desk.show(TEST, "first").await;
        assert_eq!(desk.asked().await, ("first".into(), 0), "{which:?}");
        desk.show(TEST, "second").await;
        let (title, id) = desk.asked().await;
        assert_eq!(title, "second");
        assert_ne!(id, 0, "{which:?}: the second takes the place of the first");
        desk.jobs.send(Job::Withdraw(TEST)).await.unwrap();
        assert_eq!(desk.closes().await, id, "{which:?}");
        desk.show(TEST, "third").await;
        desk.show(Key::Window, "fourth").await;
        assert_eq!(desk.asked().await, ("third".into(), 0), "{which:?}: it begins anew");
        assert_eq!(desk.asked().await, ("fourth".into(), 0), "{which:?}");
        desk.leaving.cancel();
        let closed = [desk.closes().await, desk.closes().await];
        assert_ne!(closed[0], closed[1], "{which:?}: both go with the program");
        desk.notifier.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_opens_wherever_somebody_can_make_it() {
    for which in [Which::Dunst, Which::Mate, Which::Lxqt, Which::Mako] {
        let mut desk = Desk::with(which).await;
        desk.show(TEST, "click me").await;
        desk.asked().await;
        // It is drawn a moment after it was taken.
        let wanted = NotificationAnswer::from(NotificationAction::Open(Some(Open::Settings)));
        let answered = loop {
            _ = desk.stage.click_notification();
            let waited = std::time::Duration::from_millis(200);
            if let Ok(answered) = tokio::time::timeout(waited, desk.answers.recv()).await {
                break answered;
            }
        };
        assert_eq!(answered, Some(wanted), "{which:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_places_are_taken_its_own_is_taken_anew() {
    let mut desk = Desk::with(Which::Mate).await;
    desk.show(TEST, "first").await;
    desk.asked().await;
    // Others take what is left.
    let other = zbus::connection::Builder::address(desk.stage.bus_address()).unwrap();
    let other = other.build().await.unwrap();
    let other = Proxy::new(&other, NAME, PATH, NAME).await.unwrap();
    let hints = HashMap::<&str, Value<'_>>::new;
    let mut taken = 0;
    while other
        .call::<_, _, u32>("Notify", &("Other", 0u32, "", "x", "", &[] as &[&str], hints(), 0i32))
        .await
        .is_ok()
    {
        desk.asked().await;
        taken += 1;
        assert!(taken < 100, "this server is never full");
    }
    desk.asked().await;
    desk.show(TEST, "second").await;
    let (title, first) = desk.asked().await;
    assert_eq!(title, "second");
    assert_eq!(desk.closes().await, first);
    assert_eq!(desk.asked().await, ("second".into(), 0));
    desk.show(TEST, "third").await;
    assert_ne!(desk.asked().await.1, 0, "it was shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_remembered_when_the_bus_throws_us_out() {
    let mut desk = Desk::with(Which::Dunst).await;
    desk.show(TEST, "first").await;
    desk.asked().await;
    desk.show(TEST, "second").await;
    let (_, id) = desk.asked().await;
    // Nothing of ours sends this; who does is thrown out.
    desk.show(Key::Window, "U+0000: \0").await;
    desk.show(TEST, "third").await;
    assert_eq!(desk.asked().await, ("third".into(), id), "it still takes its own place");
    desk.jobs.send(Job::Withdraw(TEST)).await.unwrap();
    assert_eq!(desk.closes().await, id);
}

/// The window system lets a program raise its window only with the token of the click.
#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_click_comes_with_its_answer_and_no_other() {
    let mut desk = Desk::with(Which::Inline).await;
    desk.show(TEST, "first").await;
    desk.asked().await;
    desk.show(Key::Window, "second").await;
    desk.asked().await;
    let open = NotificationAction::Open(Some(Open::Settings));
    let inline = desk.stage.inline().unwrap();
    // Numbers begin at 1. Of the third nobody knows, so its token is nobody's.
    for (id, token, answered) in
        [(1, "for 1", Some(open.clone())), (3, "for 3", None), (2, "for 2", Some(open))]
    {
        inline.click(id, token).await.unwrap();
        if let Some(answer) = answered {
            let expected = NotificationAnswer { answer, leave: Some(token.to_owned()) };
            assert_eq!(desk.answers.recv().await, Some(expected));
        }
    }
}

/// Servers give a number that is closed to whoever asks to replace it. What closes while something
/// else is being shown is heard before the next is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_is_heard_of_before_the_next_is_shown() {
    let mut desk = Desk::with(Which::Inline).await;
    for round in 0..10 {
        desk.show(TEST, "first").await;
        let (_, replaced) = desk.asked().await;
        assert_eq!(replaced, 0, "round {round}");
        let first = desk.number_of("first").await;
        let held = desk.stage.inline().unwrap().hold().await;
        desk.show(Key::Window, "beside").await;
        assert_eq!(desk.asked().await.0, "beside");
        // Both are there when the answer is.
        desk.stage.inline().unwrap().expire(first).await.unwrap();
        desk.show(TEST, "second").await;
        drop(held);
        assert_eq!(desk.asked().await, ("second".into(), 0), "round {round}");
        desk.jobs.send(Job::Withdraw(TEST)).await.unwrap();
    }
}
