use std::time::Duration;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::time::{Instant, timeout};

use super::*;
use crate::secret::Secret;

const PATIENCE: Duration = Duration::from_secs(15);

fn address(host: &str) -> Address {
    Address { host: host.to_owned(), port: 4664, tls: true, fingerprint: None }
}

fn proxy(kind: ProxyKind, login: Option<(&str, &str)>) -> Proxy {
    let login = login.map(|(user, password)| ProxyLogin {
        user: user.to_owned(),
        password: Secret::new(password),
    });
    Proxy { kind, host: "proxy".to_owned(), port: 1, login }
}

/// Connects through a scripted proxy.
async fn asked<F: Future<Output = ()>>(
    proxy: &Proxy,
    host: &str,
    script: impl FnOnce(DuplexStream) -> F,
) -> Result<Box<dyn Transport>, ProxyError> {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let server = address(host);
    let asking = async { timeout(PATIENCE, open(ours, proxy, &server)).await };
    let (opened, ()) = tokio::join!(asking, script(theirs));
    opened.expect("an answer in time").map_err(|tunnel_error| tunnel_error.trouble)
}

/// Reads the head of a request.
async fn head(stream: &mut DuplexStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        text.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn connect_asks_for_the_server_and_hands_the_stream_over() {
    let proxy = proxy(ProxyKind::Http, Some(("ada", "p@ss")));
    let script = async |mut stream: DuplexStream| {
        let asked = head(&mut stream).await;
        assert!(asked.starts_with("CONNECT chat.example:4664 HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains("host: chat.example:4664\r\n"), "{asked}");
        // ada:p@ss
        assert!(asked.contains("proxy-authorization: Basic YWRhOnBAc3M=\r\n"), "{asked}");
        // The server's first bytes may arrive together with the proxy's answer.
        stream.write_all(b"HTTP/1.0 200 Connection established\r\n\r\nhello").await.unwrap();
        let mut said = [0; 4];
        stream.read_exact(&mut said).await.unwrap();
        stream.write_all(&said).await.unwrap();
    };
    let using = async |opened: Result<Box<dyn Transport>, ProxyError>| {
        let mut stream = opened.unwrap();
        let mut said = [0; 5];
        stream.read_exact(&mut said).await.unwrap();
        assert_eq!(&said, b"hello");
        stream.write_all(b"echo").await.unwrap();
        let mut echo = [0; 4];
        stream.read_exact(&mut echo).await.unwrap();
        assert_eq!(&echo, b"echo");
    };
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let server = address("chat.example");
    let asking = async {
        using(open(ours, &proxy, &server).await.map_err(|tunnel_error| tunnel_error.trouble)).await
    };
    tokio::join!(asking, script(theirs));
}

#[tokio::test]
async fn an_answer_means_what_it_says() {
    use ProxyError::{NeedsPassword, NoWay, NotAProxy, Refuses, WrongPassword};
    for (said, login, expected) in [
        ("HTTP/1.1 407 Proxy Authentication Required", None, NeedsPassword),
        ("HTTP/1.1 407 Proxy Authentication Required", Some(("ada", "wrong")), WrongPassword),
        ("HTTP/1.1 401 Unauthorized", Some(("ada", "wrong")), WrongPassword),
        ("HTTP/1.1 403 Filtered", None, Refuses),
        ("HTTP/1.1 429 Slow down", None, Refuses),
        ("HTTP/1.1 500 Unable to connect", None, NoWay),
        ("HTTP/1.1 502 Bad Gateway", None, NoWay),
        ("HTTP/1.1 504 Gateway Timeout", None, NoWay),
        ("HTTP/1.1 404 No such domain", None, NoWay),
        ("HTTP/1.1 404 Not Found", None, NotAProxy),
        ("HTTP/1.1 400 Bad Request", None, NotAProxy),
        ("HTTP/1.1 405 Method Not Allowed", None, NotAProxy),
        ("HTTP/1.1 302 Found\r\nLocation: http://portal/", None, NotAProxy),
    ] {
        let script = async |mut stream: DuplexStream| {
            head(&mut stream).await;
            let answer = format!("{said}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        };
        let opened = asked(&proxy(ProxyKind::Http, login), "chat.example", script).await;
        assert_eq!(opened.err(), Some(expected), "{said}");
    }
}

#[tokio::test]
async fn what_is_no_proxy_and_what_never_ends_is_told() {
    let garbage: [(&str, Vec<u8>); 5] = [
        ("ssh", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        ("tls", vec![0x15, 3, 1, 0, 2, 2, 10]),
        ("socks", vec![5, 0xff]),
        (
            "a header without an end",
            [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'a'; 64 << 10]].concat(),
        ),
        (
            "headers without an end",
            [b"HTTP/1.1 200 OK\r\n".to_vec(), b"A: b\r\n".repeat(8 << 10)].concat(),
        ),
    ];
    for (name, bytes) in garbage {
        let script = async |mut stream: DuplexStream| {
            head(&mut stream).await;
            // The proxy may close in the middle of its answer.
            _ = stream.write_all(&bytes).await;
        };
        let opened = asked(&proxy(ProxyKind::Http, None), "chat.example", script).await;
        assert_eq!(opened.err(), Some(ProxyError::NotAProxy), "{name}");
    }
    let hangs_up = async |mut stream: DuplexStream| _ = head(&mut stream).await;
    let opened = asked(&proxy(ProxyKind::Http, None), "chat.example", hangs_up).await;
    assert_eq!(opened.err(), Some(ProxyError::HungUp));
    let opened = asked(&proxy(ProxyKind::Socks5, None), "chat.example", async |_| {}).await;
    assert_eq!(opened.err(), Some(ProxyError::HungUp));
}

#[tokio::test(start_paused = true)]
async fn a_proxy_that_dawdles_is_left_when_the_caller_says_so() {
    for kind in [ProxyKind::Http, ProxyKind::Socks5] {
        let (ours, mut theirs) = tokio::io::duplex(1 << 16);
        let (server, begin, proxy) = (address("chat.example"), Instant::now(), proxy(kind, None));
        let slowly = async {
            for byte in b"HTTP/1.1 200 Connection established\r\nA: ".iter().chain(&[b'a'; 999]) {
                let byte = if kind == ProxyKind::Socks5 { 5 } else { *byte };
                tokio::time::sleep(Duration::from_secs(1)).await;
                if theirs.write_all(&[byte]).await.is_err() {
                    break;
                }
                if kind == ProxyKind::Socks5 {
                    std::future::pending::<()>().await;
                }
            }
        };
        let asking = timeout(PATIENCE, open(ours, &proxy, &server));
        tokio::select! {
            opened = asking => assert!(opened.is_err(), "it is given no answer"),
            () = slowly => panic!("nobody left"),
        }
        assert_eq!(begin.elapsed(), PATIENCE);
    }
}

/// Plays a SOCKS5 proxy up to the request; returns the credentials and the target.
async fn socks_request(stream: &mut DuplexStream, method: u8) -> (Vec<u8>, Vec<u8>) {
    let mut login = Vec::new();
    let count = { [stream.read_u8().await.unwrap(), stream.read_u8().await.unwrap()][1] };
    let mut methods = vec![0; count.into()];
    stream.read_exact(&mut methods).await.unwrap();
    assert!(methods.contains(&method), "{methods:?}");
    stream.write_all(&[5, method]).await.unwrap();
    if method == 2 {
        assert_eq!(stream.read_u8().await.unwrap(), 1);
        for separator in [b':', 0] {
            let mut part = vec![0; stream.read_u8().await.unwrap().into()];
            stream.read_exact(&mut part).await.unwrap();
            login.extend(part);
            login.extend((separator != 0).then_some(separator));
        }
        stream.write_all(&[1, 0]).await.unwrap();
    }
    let mut wanted = vec![0; 4];
    stream.read_exact(&mut wanted).await.unwrap();
    let rest = match wanted[3] {
        1 => 6,
        4 => 18,
        _ => usize::from(stream.read_u8().await.unwrap()) + 2,
    };
    let mut target = vec![0; rest];
    stream.read_exact(&mut target).await.unwrap();
    wanted.extend(target);
    (login, wanted)
}

#[tokio::test]
async fn socks5_leaves_the_name_to_the_proxy() {
    let port = 4664_u16.to_be_bytes();
    for (host, expected) in [
        ("chat.example", [b"\x05\x01\x00\x03chat.example".as_slice(), &port].concat()),
        ("192.0.2.7", [b"\x05\x01\x00\x01\xc0\x00\x02\x07".as_slice(), &port].concat()),
    ] {
        let script = async |mut stream: DuplexStream| {
            let (login, wanted) = socks_request(&mut stream, 2).await;
            assert_eq!(login, b"ada:s3cret");
            assert_eq!(wanted, expected);
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        };
        let login = Some(("ada", "s3cret"));
        assert!(asked(&proxy(ProxyKind::Socks5, login), host, script).await.is_ok(), "{host}");
    }
}

#[tokio::test]
async fn socks5_answers_mean_what_they_say() {
    use ProxyError::{NeedsPassword, NoWay, NotAProxy, Refuses, WrongPassword};
    for (code, expected) in [
        (1, NoWay),
        (2, Refuses),
        (3, NoWay),
        (4, NoWay),
        (5, NoWay),
        (7, Refuses),
        (99, NotAProxy),
    ] {
        let script = async |mut stream: DuplexStream| {
            socks_request(&mut stream, 0).await;
            stream.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        };
        let opened = asked(&proxy(ProxyKind::Socks5, None), "chat.example", script).await;
        assert_eq!(opened.err(), Some(expected), "{code}");
    }
    let ada = Some(("ada", "wrong"));
    for (said, login, expected) in [
        (vec![5, 0xff], None, NeedsPassword),
        (vec![5, 2], None, NeedsPassword),
        (vec![5, 0xff], ada, WrongPassword),
        (vec![5, 2, 1, 1], ada, WrongPassword),
        (vec![4, 0], None, NotAProxy),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), None, NotAProxy),
    ] {
        let script = async |mut stream: DuplexStream| {
            stream.write_all(&said).await.unwrap();
            // Until the client closes.
            _ = stream.read_to_end(&mut Vec::new()).await;
        };
        let opened = asked(&proxy(ProxyKind::Socks5, login), "chat.example", script).await;
        assert_eq!(opened.err(), Some(expected), "{said:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    /// Whatever the peer sends, the result is a typed error.
    #[test]
    fn no_bytes_make_it_panic(socks: bool, login: bool, said in prop::collection::vec(any::<u8>(), 0..600)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let said = if socks && !said.is_empty() { [&[5, 2 * u8::from(login), 1, 0, 5, 0, 0][..], &said].concat() } else { said };
        let kind = if socks { ProxyKind::Socks5 } else { ProxyKind::Http };
        let proxy = proxy(kind, login.then_some(("ada", "s3cret")));
        let script = async |mut stream: DuplexStream| _ = stream.write_all(&said).await;
        _ = runtime.block_on(asked(&proxy, "chat.example", script));
    }
}
