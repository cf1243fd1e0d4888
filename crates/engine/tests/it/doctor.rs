//! The Doctor on a running engine: it must not harm what it examines.

use std::time::Duration;

use homing_engine::doctor::{Finding, Outcome, Step};
use homing_engine::view::ConnectionState;
use homing_protocol::frame::{Hello, Ping, Pong};
use homing_protocol::{ClientFrame, CloseCode, ServerFrame};
use homing_testkit::peer::Disconnect;
use homing_testkit::{Peer, builders};

use crate::bed::Bed;

fn outcome(findings: &[Finding], step: Step) -> Outcome {
    findings.iter().find(|finding| finding.step == step).unwrap().outcome
}

async fn examine(bed: &Bed) -> Vec<Finding> {
    let mut findings = Vec::new();
    bed.handle.examine(|finding| findings.push(finding)).await;
    findings
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_stands_is_asked_and_not_replaced() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let answering = async {
        loop {
            if let Ok(ClientFrame::Ping(Ping { n, .. })) = peer.next().await {
                tokio::time::sleep(Duration::from_millis(40)).await;
                peer.send(ServerFrame::Pong(Pong { n })).await;
            }
        }
    };
    // The second connection upgrades and closes without a welcome.
    let second = async {
        let mut second = bed.accept().await;
        loop {
            match second.next().await {
                Ok(ClientFrame::Bye(_)) => {}
                Ok(other) => panic!("{other:?} on a connection that only looks"),
                Err(gone) => break assert_eq!(gone, Disconnect::Closed(CloseCode::NORMAL)),
            }
        }
    };
    let findings = tokio::select! {
        (findings, ()) = async { tokio::join!(examine(&bed), second) } => findings,
        () = answering => unreachable!(),
    };
    assert_eq!(outcome(&findings, Step::Tcp), Outcome::NotSeen);
    assert_eq!(outcome(&findings, Step::SignIn), Outcome::SignedInAlready);
    assert_eq!(outcome(&findings, Step::RoundTrip), Outcome::Answered);
    assert_eq!(findings.len(), Step::ALL.len());
    bed.up_to_date().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_down_is_examined_by_itself_and_tried_afterwards() {
    let mut bed = Bed::new().await;
    Peer::refuse(bed.dial().await, 404.try_into().unwrap()).await;
    let ConnectionState::Waiting { .. } =
        bed.link(|link| matches!(link, ConnectionState::Waiting { .. })).await
    else {
        unreachable!()
    };
    bed.handle.stay_offline().await;
    bed.link(|link| *link == ConnectionState::Stopped).await;
    let server = async {
        let mut peer = bed.accept().await;
        let hello: Hello = peer.expect().await;
        assert_eq!((hello.epoch, hello.pos), (None, None));
        peer.send(ServerFrame::Welcome(Box::new(builders::welcome()))).await;
        while let Ok(frame) = peer.next().await {
            match frame {
                ClientFrame::Ping(Ping { n, .. }) => {
                    peer.send(ServerFrame::Pong(Pong { n })).await;
                }
                ClientFrame::Bye(_) => {}
                other => panic!("an examination changes nothing, and yet {other:?}"),
            }
        }
    };
    let (findings, ()) = tokio::join!(examine(&bed), server);
    assert_eq!(outcome(&findings, Step::SignIn), Outcome::SignedIn);
    assert_eq!(outcome(&findings, Step::RoundTrip), Outcome::Answered);
    // An engine that is offline by choice stays offline.
    bed.link(|link| *link == ConnectionState::Stopped).await;
}
