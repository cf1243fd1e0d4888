//! Pages that can't be true.

use std::sync::Arc;

use homing_engine::store::Store;
use homing_engine::store::memory::MemoryStore;
use homing_protocol::frame::{Gap, Page, Pull};
use homing_protocol::{Fold, RequestId, Seq, ServerFrame};
use homing_testkit::builders::{digest, event, log, message, page, room, room_id, welcome};

use crate::bed::Bed;
use crate::hostile::{BROKEN, Lie, settled};

#[tokio::test(start_paused = true)]
async fn a_page_that_can_not_be_true_is_a_breach_and_nothing_of_it_is_taken() {
    fn lying(pull: &Pull, lie: impl FnOnce(&mut Page)) -> ServerFrame {
        let ServerFrame::Page(mut answer) = page(pull, &log(1, 9)) else { unreachable!() };
        lie(&mut answer);
        ServerFrame::Page(answer)
    }
    fn nothing() -> Fold {
        let (edit, mine, gone, of) = (None, None, None, None);
        let (seq, as_of, pinned) = (Seq(1), Seq(1), false);
        Fold { seq, as_of, edit, reactions: Vec::new(), mine, pinned, gone, of }
    }
    let lies: Vec<Lie<Page>> = vec![
        ("a hole", |page| page.from = Some(Seq(5))),
        ("a hole without a range", |page| {
            page.events.remove(2);
            (page.from, page.to) = (None, None);
        }),
        ("less than it lists", |page| page.to = Some(Seq(7))),
        ("half a range", |page| page.to = None),
        ("backwards, as it says", |page| (page.from, page.to) = (page.to, page.from)),
        ("more than there is", |page| page.to = Some(Seq(10))),
        ("the state of what is not there", |page| {
            let (seq, as_of) = (Seq(10), Seq(10));
            page.folds.push(Fold { seq, as_of, ..nothing() });
        }),
        ("twice the same", |page| page.events.insert(2, page.events[2].clone())),
        ("backwards", |page| page.events.reverse()),
        ("another room's event", |page| page.events[1] = message(2, 5, 2, "stray")),
        ("another room", |page| page.room = room_id(2)),
        ("another question", |page| page.rid = RequestId(99)),
        ("past its own head", |page| page.head = Seq(7)),
        ("before its own minimum", |page| page.min = Seq(8)),
        ("a minimum past the end", |page| (page.events, page.min) = (Vec::new(), Seq(77))),
        ("too old, and here it is", |page| page.too_old = true),
        ("too old, and not gone", |page| (page.events, page.too_old) = (Vec::new(), true)),
        ("nothing, and there is more", |page| {
            page.events.clear();
            (page.from, page.to) = (None, None);
        }),
        ("more than was asked for", |page| {
            let all = (4..=300).map(|seq| event(1, seq, 2)).collect();
            (page.events, page.head, page.to) = (all, Seq(300), Some(Seq(300)));
        }),
    ];
    for (name, lie) in lies {
        let store = Arc::new(MemoryStore::default());
        let mut bed = Bed::on(store.clone()).await;
        let mut peer = settled(&mut bed, 3).await;
        peer.send(ServerFrame::Gap(Gap { room: room_id(1), head: Seq(9) })).await;
        let pull: Pull = peer.seek().await;
        peer.send(lying(&pull, lie)).await;
        assert_eq!(peer.ignore().await, BROKEN, "{name}");
        assert_eq!(store.after(room_id(1), Seq(0), 900).await.unwrap(), log(1, 3), "{name}");
        assert_eq!(store.load().await.unwrap().holes, [], "{name}");
        let mut peer = bed.greet(welcome(), digest(2, vec![room(1, 9)])).await;
        let pull: Pull = peer.seek().await;
        peer.send(page(&pull, &log(1, 9))).await;
        bed.up_to_date().await;
        assert_eq!(store.after(room_id(1), Seq(0), 900).await.unwrap(), log(1, 9), "{name}");
    }
}
