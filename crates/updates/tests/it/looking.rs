//! Who is believed.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::Duration;

use homing_engine::net::connector::ConnectError;
use homing_updates::{
    Announced, Channel, FetchError, Forged, Key, LookError, Notes, Source, Web, announce, look,
};
use minisign::KeyPair;
use tokio::time::Instant;

use crate::shelf::{Shelf, Step, answer, redirect};

const PLACE: &str = "https://updates.example/{channel}.json";

fn pair() -> KeyPair {
    KeyPair::generate_unencrypted_keypair().unwrap()
}

fn source(pair: &KeyPair) -> Source {
    Source { address: PLACE.into(), key: Key::read(&pair.pk.to_base64()).unwrap() }
}

fn announced(channel: Channel) -> Announced {
    Announced {
        channel,
        version: "1.2.3".parse().unwrap(),
        notes: Notes { en: "Quicker.".into(), zh: "更快。".into() },
        page: "https://updates.example/".into(),
        packages: BTreeMap::new(),
    }
}

fn published(announced: &Announced, pair: &KeyPair) -> String {
    announce(announced, |text| {
        let text = Cursor::new(text.as_bytes());
        minisign::sign(Some(&pair.pk), &pair.sk, text, None, None).map(|signed| signed.to_string())
    })
    .unwrap()
}

fn whole(text: &str) -> Step {
    Step::Say(answer("200 OK", text.len(), text.as_bytes()))
}

async fn look_at(shelf: &Shelf, pair: &KeyPair, channel: Channel) -> Result<Announced, LookError> {
    look(Web::new(shelf), &source(pair), channel).await
}

#[tokio::test]
async fn what_the_holder_of_the_key_signed_is_believed() {
    let pair = pair();
    for channel in [Channel::Stable, Channel::Beta] {
        let announced = announced(channel);
        let shelf = Shelf::with([whole(&published(&announced, &pair))]);
        assert_eq!(look_at(&shelf, &pair, channel).await.unwrap(), announced);
        let [asked] = &shelf.asked()[..] else { panic!("one request") };
        assert!(
            asked.starts_with(&format!("GET /{}.json HTTP/1.1\r\n", channel.name())),
            "{asked}"
        );
        assert!(asked.to_lowercase().contains("host: updates.example\r\n"), "{asked}");
    }
}

#[tokio::test]
async fn what_somebody_else_signed_is_not() {
    let (pair, other) = (pair(), pair());
    let shelf = Shelf::with([whole(&published(&announced(Channel::Stable), &other))]);
    let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
    assert!(matches!(refused, LookError::Forged(Forged::Signature(_))), "{refused:?}");
}

#[tokio::test]
async fn what_was_changed_after_signing_is_not() {
    let pair = pair();
    let text = published(&announced(Channel::Stable), &pair).replace("1.2.3", "9.9.9");
    let shelf = Shelf::with([whole(&text)]);
    let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
    assert!(matches!(refused, LookError::Forged(Forged::Signature(_))), "{refused:?}");
}

#[tokio::test]
async fn an_announcement_of_another_channel_is_none() {
    let pair = pair();
    let shelf = Shelf::with([whole(&published(&announced(Channel::Beta), &pair))]);
    let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
    assert!(matches!(refused, LookError::Forged(Forged::OtherChannel)), "{refused:?}");
}

#[tokio::test]
async fn a_page_of_a_hotel_is_no_announcement() {
    let pair = pair();
    let shelf = Shelf::with([whole("<html>Welcome to our network</html>")]);
    let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
    assert!(matches!(refused, LookError::Forged(Forged::Unreadable(_))), "{refused:?}");
}

#[tokio::test]
async fn without_a_network_it_says_so() {
    let pair = pair();
    let shelf = Shelf::with([Step::NoNetwork]);
    let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
    let LookError::Fetch(FetchError::Connect(ConnectError::NameNotFound { host })) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(host, "updates.example");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_is_given_up() {
    let pair = pair();
    for text in [Vec::new(), answer("200 OK", 100, b"{\"signed\":")] {
        let shelf = Shelf::with([Step::SayAndKeepSilent(text)]);
        let before = Instant::now();
        let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
        assert!(matches!(refused, LookError::Fetch(FetchError::Silent)), "{refused:?}");
        assert_eq!(before.elapsed().as_secs(), Duration::from_secs(30).as_secs());
    }
}

#[tokio::test]
async fn a_server_without_it_is_quoted() {
    let pair = pair();
    let shelf = Shelf::with([Step::Say(answer("404 Not Found", 0, b""))]);
    let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
    assert_eq!(refused.to_string(), "the server responded with 404 Not Found");
}

#[tokio::test]
async fn an_announcement_without_end_is_not_read_to_its_end() {
    let pair = pair();
    let endless = vec![b' '; 300 * 1024];
    let shelf = Shelf::with([Step::Say(answer("200 OK", endless.len(), &endless))]);
    let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
    assert!(matches!(refused, LookError::Fetch(FetchError::TooLong)), "{refused:?}");
}

#[tokio::test]
async fn a_redirect_is_followed_but_not_into_the_open() {
    let pair = pair();
    let announced = announced(Channel::Stable);
    let shelf = Shelf::with([
        Step::Say(redirect("https://store.example/a?b=c")),
        whole(&published(&announced, &pair)),
    ]);
    assert_eq!(look_at(&shelf, &pair, Channel::Stable).await.unwrap(), announced);
    assert!(shelf.asked()[1].starts_with("GET /a?b=c HTTP/1.1\r\n"), "{:?}", shelf.asked());
    let shelf = Shelf::with([Step::Say(redirect("http://127.0.0.1/a"))]);
    let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
    assert!(matches!(refused, LookError::Fetch(FetchError::Address(_))), "{refused:?}");
}

#[tokio::test]
async fn redirects_have_an_end() {
    let pair = pair();
    let shelf = Shelf::with((0..6).map(|_| Step::Say(redirect("/again"))));
    let refused = look_at(&shelf, &pair, Channel::Stable).await.unwrap_err();
    assert!(matches!(refused, LookError::Fetch(FetchError::Redirects)), "{refused:?}");
}
