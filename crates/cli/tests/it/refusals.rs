//! A proxy in front of the server refuses: who it is and what to do stands in the words of
//! `homing status` and `homing doctor`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;

use crate::front::{Front, Then};
use crate::world::World;

/// One refusal, on a device that was in the space before.
async fn refused(world: &World, n: usize, answer: &str, body: &str, status: &str, doctor: &str) {
    let refuses = Arc::new(AtomicBool::new(false));
    let (says, server) = (refuses.clone(), world.proxy.addr);
    let length = body.len();
    let whole = format!("HTTP/1.1 {answer}\r\ncontent-length: {length}\r\n\r\n{body}");
    let front = Front::start(move |_| match says.load(Ordering::SeqCst) {
        true => Then::Say(whole.clone()),
        false => Then::Pass(server),
    })
    .await;
    let mut link = world.link().await;
    link.address.port = front.addr.port();
    let name = format!("Ada {n}");
    world.run(&name, &["join", &link.to_string(), "--as", &name]).await.expect(0);
    refuses.store(true, Ordering::SeqCst);
    let seen = world.run(&name, &["status"]).await.expect(6);
    assert_eq!(seen.lines()[1], format!("not connected to Loft: {status}"), "{answer}: {seen:#?}");
    let seen = world.run(&name, &["doctor"]).await.expect(6);
    // A paragraph is broken into lines.
    let words: Vec<_> = seen.out.split_whitespace().collect();
    assert!(words.join(" ").contains(doctor), "{answer}: {seen:#?}");
}

#[tokio::test]
async fn whoever_refuses_is_named_and_what_to_do() {
    let world = World::plain().await;
    world.owner("Mei").await;
    let blocks = "Something in front of the server blocks this request. The response isn't the \
                  server's";
    let away = "The proxy in front of the server can't reach it";
    let cases = [
        (
            "403 Forbidden",
            "<h1>403 Forbidden</h1>",
            "something in front of the server blocks the connection (status 403). Ask the admin of \
             that proxy or filter to let /v1/ through",
            blocks,
        ),
        (
            "401 Unauthorized",
            "<h1>Sign in</h1>",
            "something in front of the server blocks the connection (status 401). Ask the admin of \
             that proxy or filter to let /v1/ through",
            blocks,
        ),
        (
            "502 Bad Gateway",
            "<h1>502 Bad Gateway</h1>",
            "the proxy in front of the server can't reach it (status 502). The server may be \
             restarting; wait a moment",
            away,
        ),
        (
            "503 Service Unavailable",
            "",
            "the proxy in front of the server can't reach it (status 503). The server may be \
             restarting; wait a moment",
            away,
        ),
        (
            "429 Too Many Requests",
            "",
            "the server, or a proxy in front of it, asks clients to come back later (status 429). \
             Wait a minute",
            "The server, or a proxy in front of it, asks clients to come back later",
        ),
    ];
    join_all((1..).zip(cases).map(|(n, (answer, body, status, doctor))| {
        refused(&world, n, answer, body, status, doctor)
    }))
    .await;
}
