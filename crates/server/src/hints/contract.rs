//! What every carrier of hints must do, which is little: the suite passes with half of them lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use homing_protocol::{Role, RoomId, Seq, ServerFrame, SessionId};
use tokio::sync::{broadcast, mpsc};
use tokio::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::local::LocalHints;
use super::{Hint, Hints, NodeId};
use crate::config::Rates;
use crate::metrics::Metrics;
use crate::rate_limit::Rate;
use crate::rooms::fan_out::FanOut;
use crate::rooms::hub::Hub;
use crate::store::LogForm;
use crate::store::contract::open_sqlite;

/// Loses every second hint.
struct Lossy<H> {
    inner: H,
    count: AtomicU32,
}

impl<H: Hints> Hints for Lossy<H> {
    fn publish(&self, from: NodeId, hint: Hint) {
        if self.count.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            self.inner.publish(from, hint);
        }
    }

    fn subscribe(&self) -> broadcast::Receiver<(NodeId, Hint)> {
        self.inner.subscribe()
    }
}

fn node(n: u128) -> NodeId {
    NodeId(Uuid::from_u128(n))
}

/// Publishing to nobody is fine, and whoever subscribes hears what comes after, in order.
fn a_subscriber_hears_in_order(hints: &dyn Hints) {
    let room = RoomId(Uuid::nil());
    hints.publish(node(1), Hint::Space);
    let mut heard = hints.subscribe();
    for seq in 1..=20 {
        let head = Seq(seq);
        hints.publish(node(1), Hint::Room { room, head });
    }
    let mut last = Seq(0);
    while let Ok((from, Hint::Room { head, .. })) = heard.try_recv() {
        assert!(from == node(1) && head > last);
        last = head;
    }
    assert!(last >= Seq(19), "no more than every second one may be lost here");
}

/// Two nodes over one store: what is written through one is found by a device of the other, by
/// hints or at the latest by its next heartbeat.
async fn the_other_node_finds_everything(hints: Arc<dyn Hints>) {
    let patience = Duration::from_secs(20);
    tokio::time::timeout(patience, two_nodes(hints)).await.expect("everything is found");
}

async fn two_nodes(hints: Arc<dyn Hints>) {
    let mut subject = open_sqlite();
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let device = subject.store.devices(bob).await.unwrap()[0].id;
    subject.told().await;

    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let (_silent, nothing) = mpsc::channel(1);
    let changes = std::mem::replace(&mut subject.changes, mpsc::channel(1).1);
    let mut hubs = Vec::new();
    for (n, changes) in [(1, changes), (2, nothing)] {
        let metrics = Arc::new(Metrics::default());
        let hub = Arc::new(Hub::new(Rate::per_second(1, 1), Rates::default(), metrics));
        let pump = FanOut {
            hub: hub.clone(),
            store: subject.store.clone(),
            hints: hints.clone(),
            node: node(n),
            tick: Duration::from_secs(1),
        };
        tasks.spawn(pump.run(changes, stop.clone()));
        hubs.push(hub);
    }
    let session = |n| SessionId(Uuid::from_u128(n));
    let near = hubs[0].attach(bob, device, session(1), LogForm::Folded);
    let far = hubs[1].attach(bob, device, session(2), LogForm::Folded);
    // Both pumps listen once they were polled.
    tokio::task::yield_now().await;

    let mut head = Seq(0);
    for n in 0..20 {
        head = subject.write(ada, room, &n.to_string()).await.unwrap();
    }
    far.pushed().await;
    let mut known = Seq(0);
    while let Some((text, _)) = far.pop() {
        if let Ok(ServerFrame::Gap(gap)) = ServerFrame::decode(&text, usize::MAX) {
            assert!(gap.room == room && gap.head <= head);
            known = gap.head;
        }
    }
    let heads = subject.store.heads(bob, device).await.unwrap();
    for (of, at) in heads.rooms {
        if of == room {
            known = known.max(at);
        }
    }
    assert_eq!(known, head);
    // The near node needs no hints: it has the events themselves.
    let mut events = 0;
    while events < 20 {
        match near.pop() {
            Some((text, _)) => events += usize::from(text.as_str().contains("\"event\"")),
            None => near.pushed().await,
        }
    }
    stop.cancel();
    tasks.close();
    tasks.wait().await;
}

#[tokio::test]
async fn local_hints() {
    a_subscriber_hears_in_order(&LocalHints::default());
    the_other_node_finds_everything(Arc::new(LocalHints::default())).await;
}

#[tokio::test]
async fn local_hints_with_half_of_them_lost() {
    let lossy = || Lossy { inner: LocalHints::default(), count: AtomicU32::new(0) };
    a_subscriber_hears_in_order(&lossy());
    the_other_node_finds_everything(Arc::new(lossy())).await;
}
