//! `homing doctor` against real faults.

use homing_protocol::JoinLink;
use homing_testkit::proxy::Flow;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::world::{Said, World};

/// What came of a step.
#[track_caller]
fn outcome(said: &Said, step: &str) -> String {
    let lines = said.json();
    assert_eq!(lines.len(), 9, "every step once: {said:#?}");
    let line = lines.iter().find(|line| line["step"] == step).expect("every step");
    line["outcome"].as_str().expect("a name").to_owned()
}

fn fact(said: &Said, about: &str) -> String {
    let lines = said.json();
    let mut facts = lines.iter().flat_map(|line| line["facts"].as_array().expect("a list"));
    let found = facts.find(|fact| fact["about"] == about);
    found.and_then(|fact| fact["value"].as_str()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_healthy_connection_is_fine_at_every_step() {
    let world = World::start().await;
    world.owner("Ada").await;
    let said = world.run("Ada", &["doctor", "--json"]).await.expect(0);
    for (step, expected) in [
        ("name", "name_is_address"),
        ("proxy", "proxy_not_needed"),
        ("tcp", "tcp_connected"),
        ("tls", "tls_pinned"),
        ("upgrade", "upgraded"),
        ("sign_in", "signed_in"),
        ("round_trip", "answered"),
        ("clock", "clocks_agree"),
    ] {
        assert_eq!(outcome(&said, step), expected, "{said:#?}");
    }
    assert_eq!(fact(&said, "fingerprint"), fact(&said, "expected"));
    assert!(fact(&said, "encryption").starts_with("TLSv1_3"), "{said:#?}");
    assert_eq!(fact(&said, "valid_until").len(), "2026-11-20".len(), "{said:#?}");
    // The name of a space, or none, is the same here; another one is not known.
    let words = world.run("Ada", &["doctor", "Loft"]).await.expect(0);
    assert!(words.out.contains("ok    Sign-in"), "{words:#?}");
    world.run("Ada", &["doctor", "Attic"]).await.expect(5);
    // It changed nothing: the device is as it was.
    world.run("Ada", &["send", "general", "still here"]).await.expect(0);
}

#[tokio::test]
async fn a_report_holds_no_token_and_no_place_if_asked() {
    let world = World::start().await;
    world.owner("Ada").await;
    let token = std::fs::read_to_string(world.token_file("Ada")).unwrap();
    let token = token.split_whitespace().last().unwrap().to_owned();
    assert!(token.len() > 20);
    for args in [&["doctor"][..], &["doctor", "--json"], &["doctor", "--mask"]] {
        let log = world.homing("Ada", args).env("HOMING_LOG", "trace").output().await.unwrap();
        let said = Said::from(log).expect(0);
        assert!(!said.out.contains(&token) && !said.err.contains(&token), "{args:?}");
    }
    let masked = world.run("Ada", &["doctor", "--mask"]).await.expect(0);
    assert!(!masked.out.contains("127.0.0.1"), "{masked:#?}");
}

#[tokio::test]
async fn a_link_is_examined_without_an_account() {
    let world = World::start().await;
    let link = world.founding_link();
    let said = world.run("Nobody", &["doctor", &link.to_string(), "--json"]).await.expect(0);
    assert_eq!(outcome(&said, "upgrade"), "asks_for_token");
    assert_eq!(outcome(&said, "sign_in"), "no_account");
    // The invitation is still good.
    world.run("Ada", &["join", &link.to_string(), "--as", "Ada"]).await.expect(0);

    let mut other = link.clone();
    other.address.fingerprint.as_mut().unwrap().0[0] ^= 1;
    let said = world.run("Nobody", &["doctor", &other.to_string(), "--json"]).await.expect(6);
    assert_eq!(outcome(&said, "tls"), "certificate_changed");
    let seen = fact(&said, "fingerprint");
    assert_eq!(seen, link.address.fingerprint.unwrap().to_string());
    assert_eq!(fact(&said, "expected"), other.address.fingerprint.unwrap().to_string());

    // Without a fingerprint the system decides, and it does not know a self-made certificate.
    let mut trusting = link.clone();
    trusting.address.fingerprint = None;
    let said = world.run("Nobody", &["doctor", &trusting.to_string(), "--json"]).await.expect(6);
    assert_eq!(outcome(&said, "tls"), "certificate_untrusted");

    let mut nowhere = link.clone();
    "nobody.invalid".clone_into(&mut nowhere.address.host);
    let said = world.run("Nobody", &["doctor", &nowhere.to_string(), "--json"]).await.expect(6);
    assert_eq!(outcome(&said, "name"), "name_not_found");
    assert_eq!(outcome(&said, "tcp"), "not_reached");

    world.proxy.offline().await;
    let said = world.run("Nobody", &["doctor", &link.to_string(), "--json"]).await.expect(6);
    assert_eq!(outcome(&said, "tcp"), "tcp_refused");
}

#[tokio::test]
async fn what_answers_and_is_no_server_is_named() {
    let world = World::plain().await;
    let mut link = world.founding_link();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    link.address.port = listener.local_addr().unwrap().port();
    let serve = async |answer: &'static str| {
        let (mut stream, _) = listener.accept().await.unwrap();
        // Whoever speaks HTTP, or has no TLS, waits to be spoken to.
        if answer.starts_with("HTTP") {
            _ = stream.read(&mut [0; 4096]).await.unwrap();
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        // Until the Doctor has read it.
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.ok();
    };
    for (answer, expected, code) in [
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "not_homing", 6),
        ("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", "bad_gateway", 6),
        ("SSH-2.0-OpenSSH_9.2\r\n", "not_homing", 6),
    ] {
        let args = ["doctor", &link.to_string(), "--json"];
        let (said, ()) = tokio::join!(world.run("Nobody", &args), serve(answer));
        assert_eq!(outcome(&said.expect(code), "upgrade"), expected);
    }
    // TLS is asked for where there is none.
    link.address.tls = true;
    let args = ["doctor", &link.to_string(), "--json"];
    let (said, ()) = tokio::join!(world.run("Nobody", &args), serve("HTTP/1.1 400 No\r\n\r\n"));
    assert_eq!(outcome(&said.expect(6), "tls"), "tls_none");
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_refused_and_one_that_is_gone_is_missing() {
    let world = World::start().await;
    world.owner("Ada").await;
    let file = world.token_file("Ada");
    let text = std::fs::read_to_string(&file).unwrap();
    let (name, _) = text.trim().split_once(' ').unwrap();
    std::fs::write(&file, format!("{name} another-token\n")).unwrap();
    let said = world.run("Ada", &["doctor", "--json"]).await.expect(4);
    assert_eq!(outcome(&said, "upgrade"), "token_refused");
    assert!(!said.out.contains("another-token"));
    std::fs::write(&file, "").unwrap();
    let said = world.run("Ada", &["doctor", "--json"]).await.expect(7);
    assert_eq!(outcome(&said, "upgrade"), "no_token");
}

#[tokio::test]
async fn a_line_that_goes_dead_is_waited_for_and_no_longer() {
    let world = World::plain().await;
    world.owner("Ada").await;
    world.proxy.down(|line| line.flow = Flow::Swallow);
    let said = world.run("Ada", &["doctor", "--json"]).await.expect(6);
    assert_eq!(outcome(&said, "upgrade"), "upgrade_timed_out");
    let upgrade = said.json().into_iter().find(|line| line["step"] == "upgrade").unwrap();
    assert!(upgrade["took_ms"].as_u64() >= Some(10_000), "{upgrade}");
    assert!(matches!(&upgrade["advice"], Value::String(_)));
}

#[tokio::test]
async fn a_proxy_is_named_without_its_password_and_never_passed_by() {
    let world = World::start().await;
    let mut link = world.founding_link();
    // This machine is reached directly, whatever is set.
    let secret = "http://ada:s3cret@proxy.invalid:3128";
    let doctor = async |link: &JoinLink, name: &str, value: &str| {
        let link = link.to_string();
        let mut homing = world.homing("Nobody", &["doctor", &link, "--json"]);
        Said::from(homing.env(name, value).output().await.unwrap())
    };
    let said = doctor(&link, "HTTPS_PROXY", secret).await.expect(0);
    assert_eq!(outcome(&said, "proxy"), "proxy_not_needed");

    "chat.invalid".clone_into(&mut link.address.host);
    for (name, by) in [("https_proxy", "environment"), ("HOMING_PROXY", "environment")] {
        let said = doctor(&link, name, secret).await.expect(6);
        assert_eq!(outcome(&said, "name"), "name_at_proxy");
        assert_eq!(outcome(&said, "proxy"), "proxy_not_found");
        assert_eq!(fact(&said, "proxy"), "http://proxy.invalid:3128");
        assert_eq!(fact(&said, "chosen_by"), by);
        assert!(!said.out.contains("s3cret") && !said.err.contains("s3cret"), "{said:#?}");
    }
    let args = ["doctor", &link.to_string(), "--json", "--proxy", secret];
    let said = world.run("Nobody", &args).await.expect(6);
    assert_eq!(fact(&said, "chosen_by"), "command_line");
    let proxy = said.json().into_iter().find(|line| line["step"] == "proxy").unwrap();
    assert!(proxy["advice"].as_str().is_some_and(|advice| advice.contains("--proxy")), "{proxy}");
    let said = doctor(&link, "HOMING_PROXY", "none").await.expect(6);
    assert_eq!(outcome(&said, "proxy"), "proxy_off");
    let said = doctor(&link, "all_proxy", "socks4://proxy.invalid:1").await.expect(6);
    assert_eq!(outcome(&said, "proxy"), "proxy_unusable");
    let said = doctor(&link, "HOMING_PROXY", "gopher://ada:s3cret@proxy").await.expect(2);
    assert!(said.err.contains("must start with http://"), "{said:#?}");
}

#[tokio::test]
async fn a_file_that_is_no_authority_says_why() {
    let world = World::start().await;
    let link = world.founding_link().to_string();
    let file = world.data("not-a-ca.pem");
    for (text, words) in [
        (None, "can't read"),
        (Some("chat.example"), "isn't in PEM format"),
        (Some("-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n"), "contains no certificate"),
    ] {
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let file = file.display().to_string();
        let said = world.run("Nobody", &["doctor", &link, "--ca-file", &file]).await.expect(1);
        assert!(said.err.contains(words) && said.err.contains("not-a-ca.pem"), "{said:#?}");
    }
}
