//! What stands in front of the server says for whom it speaks.

use std::time::Duration;

use homing_server::TrustedProxies;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::space::Space;

const REQUEST: &str = "GET /v1/invites/X HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// What is answered, when this is sent at the beginning of a connection.
async fn answer(address: &str, before: &[u8], request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&[before, request.as_bytes()].concat()).await.unwrap();
    let mut answer = Vec::new();
    // A refusal may reset what was not read.
    let _read = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// The status of an unknown invitation, which an address may ask for ten times.
async fn guess(address: &str, before: &[u8]) -> String {
    answer(address, before, REQUEST).await.split(' ').nth(1).unwrap_or("none").to_owned()
}

fn one(client: &str) -> Vec<u8> {
    format!("PROXY TCP4 {client} 127.0.0.1 4711 4664\r\n").into_bytes()
}

/// Of 198.51.100.`last`.
fn two(last: u8) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc6\x33\x64".to_vec();
    header.extend([last, 127, 0, 0, 1, 0x12, 0x67, 0x12, 0x38]);
    header
}

#[tokio::test]
async fn a_proxy_that_was_named_says_for_whom_it_speaks() {
    let space =
        Space::start_with(|config| config.proxy_protocol = TrustedProxies::loopback()).await;
    let address = space.address();
    for _ in 0..5 {
        assert_eq!(guess(&address, &one("198.51.100.7")).await, "404");
        assert_eq!(guess(&address, &two(7)).await, "404");
    }
    assert_eq!(guess(&address, &one("198.51.100.7")).await, "429", "one address, one allowance");
    assert_eq!(guess(&address, &two(7)).await, "429");
    assert_eq!(guess(&address, &two(8)).await, "404");
    // A proxy's own check, of neither version.
    assert_eq!(guess(&address, b"PROXY UNKNOWN\r\n").await, "404");
    assert_eq!(guess(&address, b"\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00").await, "404");
    // What is claimed in a header of HTTP is not the proxy's word, unless it is believed as well.
    let claim = REQUEST.replace("Host", "X-Forwarded-For: 203.0.113.1\r\nHost");
    let claimed = answer(&address, &two(7), &claim).await;
    assert!(claimed.starts_with("HTTP/1.1 429"), "{claimed}");
}

#[tokio::test]
async fn without_its_header_such_a_proxy_is_refused() {
    let space =
        Space::start_with(|config| config.proxy_protocol = TrustedProxies::loopback()).await;
    for before in [&b""[..], b"PROXY TCP4 no address\r\n", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff"]
    {
        assert_eq!(guess(&space.address(), before).await, "none", "{before:?}");
    }
}

#[tokio::test]
async fn from_any_other_address_nobody_names_another() {
    let elsewhere: TrustedProxies = "192.0.2.0/24".parse().unwrap();
    let space = Space::start_with(|config| config.proxy_protocol = elsewhere).await;
    assert_eq!(guess(&space.address(), b"").await, "404");
    assert_eq!(guess(&space.address(), &one("198.51.100.7")).await, "400");
}

#[tokio::test]
async fn behind_one_that_names_itself_a_second_proxy_may_set_the_header() {
    let space = Space::start_with(|config| {
        config.proxy_protocol = TrustedProxies::loopback();
        config.trust_forwarded = "198.51.100.7".parse().unwrap();
    })
    .await;
    let of = |client: &str| REQUEST.replace("Host", &format!("X-Forwarded-For: {client}\r\nHost"));
    for _ in 0..10 {
        let said = answer(&space.address(), &two(7), &of("203.0.113.1")).await;
        assert!(said.starts_with("HTTP/1.1 404"), "{said}");
    }
    let said = answer(&space.address(), &two(7), &of("203.0.113.1")).await;
    assert!(said.starts_with("HTTP/1.1 429"), "{said}");
    let said = answer(&space.address(), &two(7), &of("203.0.113.2")).await;
    assert!(said.starts_with("HTTP/1.1 404"), "{said}");
}

#[tokio::test]
async fn between_two_requests_a_limit_of_its_own_holds() {
    // The limit on a head would end this test by its own limit.
    let space = Space::start_with(|config| {
        config.timers.header_timeout = Duration::from_secs(3600);
        config.timers.keep_alive = Duration::from_millis(50);
    })
    .await;
    let mut stream = TcpStream::connect(space.address()).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut said = String::new();
    let read = stream.read_to_string(&mut said);
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("it is closed").unwrap();
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}
