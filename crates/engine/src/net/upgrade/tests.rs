use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_util::task::TaskTracker;

use super::*;

fn address() -> Address {
    Address { host: "chat.example".to_owned(), port: 4664, tls: false, fingerprint: None }
}

/// Accepts a request, sends this answer, and keeps the stream open for this long.
async fn says(mut stream: DuplexStream, pieces: &[&str], then: Duration) -> String {
    let mut asked = vec![0; 4096];
    let read = stream.read(&mut asked).await.expect("a request");
    for piece in pieces {
        stream.write_all(piece.as_bytes()).await.expect("it is read");
        // Each in a write of its own.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(then).await;
    String::from_utf8_lossy(&asked[..read]).into_owned()
}

async fn answered(pieces: &[&str], then: Duration) -> Result<Upgraded<DuplexStream>, UpgradeError> {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (place, token) = (address(), Secret::new("t0ken"));
    tokio::join!(upgrade(ours, &place, &token), says(theirs, pieces, then)).0
}

fn response(refused: &UpgradeError) -> Option<(UnexpectedResponse, Option<u64>)> {
    match refused {
        UpgradeError::UnexpectedResponse { response, retry_after, .. } => {
            Some((*response, retry_after.map(|wait| wait.as_secs())))
        }
        _ => None,
    }
}

const WRONG: &str = r#"{"code":"unauthorized","text":"no"}"#;

fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}")
}

#[tokio::test(start_paused = true)]
async fn only_the_servers_own_words_are_final() {
    let brief = Duration::ZERO;
    let whole = http("401 Unauthorized", "", WRONG);
    let (head, body) = whole.split_at(whole.len() - WRONG.len());
    let (first, second) = body.split_at(7);
    for pieces in [vec![whole.as_str()], vec![head, first, second]] {
        let refused = answered(&pieces, brief).await.unwrap_err();
        assert!(matches!(refused, UpgradeError::Unauthorized { .. }), "{refused:?}");
    }
    for (status, headers, body) in [
        ("401 Unauthorized", "", "<h1>Sign in</h1>"),
        ("401 Unauthorized", "www-authenticate: Basic realm=\"x\"\r\n", ""),
        ("401 Unauthorized", "", r#"{"code":"unauthorized","message":"another API"}"#),
        ("403 Forbidden", "", "<h1>403 Forbidden</h1>"),
        ("200 OK", "", WRONG),
        (
            "401 Unauthorized",
            "www-authenticate: Bearer realm=\"homing\", error=\"invalid_token\"\r\n",
            "<h1>401</h1>",
        ),
    ] {
        let refused = answered(&[&http(status, headers, body)], brief).await.unwrap_err();
        assert!(
            !matches!(refused, UpgradeError::Unauthorized { .. }),
            "{status} {body}: {refused:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_refuses_is_named() {
    use UnexpectedResponse as O;
    let problem = |code: &str| format!(r#"{{"code":"{code}","text":"so it is"}}"#);
    for (answer, expected, after) in [
        (http("401 U", "", &problem("token_missing")), O::TokenMissing, None),
        (
            http("401 U", "www-authenticate: Bearer realm=\"homing\"\r\n", "no"),
            O::TokenMissing,
            None,
        ),
        (http("400 B", "", &problem("invalid")), O::UpgradeSpoilt, None),
        (http("404 N", "", &problem("not_found")), O::UpgradeSpoilt, None),
        (http("429 T", "retry-after: 7\r\n", &problem("rate_limited")), O::Busy, Some(7)),
        (http("429 T", "retry-after: 7\r\n", "slow down"), O::Busy, Some(7)),
        (http("503 S", "retry-after: 86400\r\n", ""), O::ServerAway, Some(120)),
        (http("503 S", "retry-after: Fri, 20 Nov 2026 17:59:19 GMT\r\n", ""), O::ServerAway, None),
        (http("503 S", "", &problem("read_only")), O::ServerFailed, None),
        (http("500 I", "", &problem("internal")), O::ServerFailed, None),
        (http("502 B", "", "<h1>Bad</h1>"), O::ServerAway, None),
        (http("301 M", "location: https://x/\r\n", ""), O::Redirected, None),
        (http("200 O", "", "<h1>Hello</h1>"), O::NotHoming, None),
        (http("404 N", "", ""), O::NotHoming, None),
        ("220 mail.example ESMTP\r\n".to_owned(), O::NotHttp, None),
        (String::new(), O::HungUp, None),
        ("HTTP/1.1 10".to_owned(), O::HungUp, None),
    ] {
        let refused = answered(&[&answer], Duration::ZERO).await.unwrap_err();
        assert_eq!(response(&refused), Some((expected, after)), "{answer}: {refused:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn words_that_never_come_are_not_waited_for_long() {
    let half = "HTTP/1.1 403 Forbidden\r\ncontent-length: 5000\r\n\r\n<h1>";
    let since = tokio::time::Instant::now();
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let held = TaskTracker::new()
        .spawn(async move { says(theirs, &[half], Duration::from_secs(60)).await });
    let refused = upgrade(ours, &address(), &Secret::new("t0ken")).await.unwrap_err();
    assert_eq!(response(&refused), Some((UnexpectedResponse::Blocked, None)));
    assert_eq!(since.elapsed().as_secs(), REFUSAL_BODY.as_secs());
    held.abort();
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_opens_must_be_the_one_that_was_asked_for() {
    let open = |accept: &str, protocol: &str| {
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-accept: {accept}\r\n{protocol}\r\nfirst"
        )
    };
    for (right_key, protocol, expected) in [
        (true, "sec-websocket-protocol: homing.v1\r\n", None),
        (true, "", Some(UnexpectedResponse::SubprotocolHidden)),
        (true, "sec-websocket-protocol: other\r\n", Some(UnexpectedResponse::SubprotocolHidden)),
        (false, "sec-websocket-protocol: homing.v1\r\n", Some(UnexpectedResponse::UpgradeSpoilt)),
    ] {
        let (ours, mut theirs) = tokio::io::duplex(1 << 16);
        let server = async {
            let mut asked = vec![0; 4096];
            let read = theirs.read(&mut asked).await.expect("a request");
            let asked = String::from_utf8_lossy(&asked[..read]).into_owned();
            let key = asked
                .lines()
                .find_map(|line| line.strip_prefix("Sec-Websocket-Key: "))
                .unwrap_or_else(|| panic!("{asked}"));
            let accept = derive_accept_key(if right_key { key.as_bytes() } else { b"other" });
            theirs.write_all(open(&accept, protocol).as_bytes()).await.expect("it is read");
            (asked, theirs)
        };
        let (place, token) = (address(), Secret::new("t0ken"));
        let (opened, (asked, _theirs)) = tokio::join!(upgrade(ours, &place, &token), server);
        assert!(asked.contains("Authorization: Bearer t0ken\r\n"), "{asked}");
        match (opened, expected) {
            (Ok(upgraded), None) => assert_eq!(&upgraded.read[..], b"first"),
            (Err(refused), Some(expected)) => {
                assert_eq!(response(&refused).map(|(one, _)| one), Some(expected));
            }
            (other, _) => panic!("{other:?}"),
        }
    }
}
