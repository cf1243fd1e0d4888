//! Somebody is sent out of a room while people write in it.

use std::sync::Arc;
use std::time::Duration;

use homing_e2e::person::Person;
use homing_e2e::wire::{self, Since, Wire};
use homing_engine::view::TimelinePosition;
use homing_engine::{Error, TimelineWindow};
use homing_protocol::event::{Change, Content, Membership};
use homing_protocol::frame::{Pull, Ref};
use homing_protocol::{
    ClientFrame, ErrorCode, Limits, RequestId, Role, RoomId, Seq, ServerFrame, Useq, UserId,
};
use homing_server::config::Rates;
use homing_server::rate_limit::Rate;
use homing_server::{Config, Server, SystemClock, Timers, TlsMode};
use homing_testkit::history::{DeviceHistory, History};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Where the log says that this member was sent out.
async fn removal(witness: &Person, room: RoomId, who: UserId) -> Seq {
    let log = witness.handle.timeline(room, TimelineWindow::After(Seq(0)), 500).await.unwrap();
    let found = log.items.iter().find_map(|item| match (&item.content, item.place) {
        (
            Content::Membership(Membership { user, change: Change::Removed }),
            TimelinePosition::Log(seq),
        ) if *user == who => Some(seq),
        _ => None,
    });
    found.expect("the log says so")
}

async fn head(person: &Person, room: RoomId) -> Seq {
    let (_, overview) = person.handle.overview().await.unwrap();
    overview.rooms.iter().find(|one| one.id == room).map_or(Seq(0), |room| room.head)
}

/// Asks for the room's events and expects to be refused.
async fn is_refused(wire: &mut Wire, room: RoomId, rid: RequestId, from: Seq) {
    let pull = Pull { rid, room, after: Some(from), before: None, limit: 200 };
    wire.send(ClientFrame::Pull(pull)).await;
    let code = wire
        .until(|frame| match frame {
            ServerFrame::Err(failure) if failure.about == Some(Ref::Rid(rid)) => {
                Some(failure.code.clone())
            }
            ServerFrame::Page(page) if page.rid == rid => panic!("served: {page:?}"),
            _ => None,
        })
        .await;
    assert!(matches!(code, ErrorCode::NotMember | ErrorCode::NoSuchRoom), "{code:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_sent_out_receives_nothing_more_and_nobody_reads_backwards() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        tls: TlsMode::Off,
        limits: Limits { sends_per_second: 1000, send_burst: 1000, ..Limits::default() },
        rates: Rates { others: Rate::per_minute(10_000), ..Rates::default() },
        // So often that heads would be told while this test looks.
        timers: Timers { heartbeat: Duration::from_millis(100), ..Timers::default() },
        ..Config::new(folder.path().join("server"))
    };
    let stop = CancellationToken::new();
    let server = Server::start(config, Arc::new(SystemClock), stop).await.unwrap();
    let link = server.join_link.clone().unwrap();
    let ada = Person::join(&link, "Ada", folder.path().to_owned(), 1).await;
    let invite = ada.handle.invite(Role::Member, None, None).await.unwrap();
    let ben = Person::join(&invite, "Ben", folder.path().to_owned(), 2).await;
    let cleo = Person::join(&invite, "Cleo", folder.path().to_owned(), 3).await;
    let (eve, token) = wire::join(&invite, "Eve", 4).await;
    let room = ada.entrance().await;
    for person in [&ada, &ben, &cleo] {
        person.entrance().await;
        person.settle().await;
    }
    let mut bare = Wire::open(&eve, &token, None).await;
    let since = bare
        .until(|frame| match frame {
            ServerFrame::Welcome(welcome) => {
                Some(Since { epoch: welcome.epoch, pos: welcome.pos, useq: Useq(0) })
            }
            _ => None,
        })
        .await;

    // Two people write and read, now and then further up, until the test has seen enough.
    let enough = CancellationToken::new();
    let (ada, ben) = (Arc::new(ada), Arc::new(ben));
    let mut writers = JoinSet::new();
    for person in [ada.clone(), ben.clone()] {
        let enough = enough.clone();
        writers.spawn(async move {
            let mut count = 0;
            while !enough.is_cancelled() {
                count += 1;
                person.write(room, format!("{} {count}", person.record.user_name)).await;
                let head = head(&person, room).await;
                let read = if count % 3 == 0 { Seq(head.0 / 2) } else { head };
                person.handle.read(room, read).await.unwrap();
                sleep(Duration::from_millis(10)).await;
            }
        });
    }
    let grown = async |by: u64| {
        let from = head(&ada, room).await;
        while head(&ada, room).await.0 < from.0 + by {
            sleep(Duration::from_millis(5)).await;
        }
    };
    grown(10).await;
    // Some of hers arrive, and some are refused: she writes while she is sent out.
    for n in 0..5 {
        cleo.write(room, format!("Cleo {n}")).await;
        cleo.handle.read(room, head(&cleo, room).await).await.unwrap();
    }
    ada.handle.remove_member(room, cleo.record.user).await.unwrap();
    ada.handle.remove_member(room, eve.user).await.unwrap();
    grown(10).await;
    is_refused(&mut bare, room, RequestId(1), Seq(0)).await;
    bare.until(|frame| matches!(frame, ServerFrame::Ping(_)).then_some(())).await;

    // And not when they come back, from where they left off or from nothing.
    let mut back = Wire::open(&eve, &token, Some(since)).await;
    back.until(|frame| matches!(frame, ServerFrame::CaughtUp).then_some(())).await;
    is_refused(&mut back, room, RequestId(1), Seq(5)).await;
    back.until(|frame| matches!(frame, ServerFrame::Ping(_)).then_some(())).await;
    let mut anew = Wire::open(&eve, &token, None).await;
    anew.until(|frame| matches!(frame, ServerFrame::CaughtUp).then_some(())).await;
    let cleo = cleo.die_and_rise().await;
    cleo.settle().await;
    let (_, overview) = cleo.handle.overview().await.unwrap();
    assert_eq!(overview.rooms, []);
    let gone = cleo.handle.timeline(room, TimelineWindow::Latest, 9).await;
    assert!(matches!(gone, Err(Error::NoSuchRoom)), "{gone:?}");
    grown(5).await;
    enough.cancel();
    writers.join_all().await;

    let mut history = History::default();
    ada.settle().await;
    ben.settle().await;
    let last = head(&ada, room).await.max(head(&ben, room).await);
    for person in [&ada, &ben] {
        person.reach(room, last).await;
        let account = person.account(room).await;
        assert!(account.read.last() > Some(&Seq(10)), "markers were moved: {:?}", account.read);
        history.devices.insert(person.record.user_name.clone(), account);
    }
    let witness = Arc::into_inner(ada).unwrap().forget_everything().await;
    witness.entrance().await;
    witness.reach(room, last).await;
    history.server = witness.log(room).await;

    let outbox = cleo.handle.outbox().await.unwrap().into_iter().map(|queued| queued.cid).collect();
    let left = Some(removal(&witness, room, cleo.record.user).await);
    history.devices.insert("Cleo".to_owned(), DeviceHistory { left, outbox, ..cleo.saw() });
    let left = removal(&witness, room, eve.user).await;
    let received = [&bare, &back, &anew].into_iter().flat_map(|wire| wire.told(room)).collect();
    let eve = DeviceHistory { left: Some(left), received, ..DeviceHistory::default() };
    assert!(eve.received.len() > 10 && last.0 > left.0 + 10, "{} of {last}", eve.received.len());
    history.devices.insert("Eve".to_owned(), eve);
    assert_eq!(history.violations(), []);
    server.shutdown().await;
}
