//! Joining, signing in, inviting, health, and what strangers get.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use homing_protocol::ErrorCode;
use homing_protocol::Role;
use homing_protocol::http::{
    CHALLENGE, CHALLENGE_WRONG, Devices, InviteInfo, Invites, Join, SignIn, SignedIn,
};
use homing_protocol::link::JoinLink;
use homing_server::TrustedProxies;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::Client;
use crate::space::{Person, Space, call, new_cid, raw_call};

fn code(body: &Value) -> ErrorCode {
    serde_json::from_value(body["code"].clone()).unwrap()
}

#[tokio::test]
async fn the_first_link_makes_the_owner_and_then_is_spent() {
    let mut space = Space::start().await;
    let first = space.founding_code();
    let path = format!("/v1/invites/{}", first.to_lowercase());
    let (_, info) = call(&space.address(), "GET", &path, None, None::<&()>).await;
    let info: InviteInfo = serde_json::from_value(info).unwrap();
    assert_eq!((info.role, info.invited_by.as_deref()), (Role::Owner, None));
    // Started again while nobody has come: both links are good, but only for one.
    space.stop().await;
    space.go().await;
    let second = space.founding_code();
    assert_ne!(first, second);
    let ada = space.try_join(&first, "Ada").await.unwrap();
    for spent in [first, second] {
        let refused = space.try_join(&spent, "Eve").await.err().unwrap();
        assert_eq!(code(&refused), ErrorCode::InviteInvalid);
    }
    let mut client = ada.online().await;
    assert_eq!(client.digests[0].people[0].role, Role::Owner);
    client.settle().await;
    space.stop().await;
    space.go().await;
    assert!(space.running.as_ref().unwrap().join_link.is_none());
}

#[tokio::test]
async fn joining_twice_with_one_key_is_joining_once() {
    let space = Space::start().await;
    let join = Join {
        code: space.founding_code(),
        name: "Ada".into(),
        password: None,
        device_name: "laptop".into(),
        key: new_cid(),
    };
    let mut answers = Vec::new();
    for _ in 0..2 {
        let (status, body) = call(&space.address(), "POST", "/v1/join", None, Some(&join)).await;
        assert_eq!(status, 200, "{body}");
        answers.push(serde_json::from_value::<SignedIn>(body).unwrap());
    }
    assert_eq!((answers[0].user, answers[0].device), (answers[1].user, answers[1].device));
    // Only the newest answer's token counts: nobody knows whether the other was ever seen.
    assert!(Client::connect(&space.address(), &answers[0].token).await.is_err());
    assert!(Client::connect(&space.address(), &answers[1].token).await.is_ok());
}

#[tokio::test]
async fn names_are_unique_whatever_their_case_and_plain() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let invite = ada.invite(Role::Member).await;
    for (name, expected) in [
        ("aDA", ErrorCode::NameTaken),
        ("Ａｄａ", ErrorCode::NameTaken),
        ("", ErrorCode::NameInvalid),
        ("a\u{202e}b", ErrorCode::NameInvalid),
        (&"x".repeat(65), ErrorCode::NameInvalid),
    ] {
        let refused = space.try_join(&invite.code, name).await.err().unwrap();
        assert_eq!(code(&refused), expected, "{name:?}");
    }
    let bob = space.try_join(&invite.code, "  Bob ").await.unwrap();
    assert_eq!(bob.signed_in.name, "Bob");
    let (status, body) = bob.call("PATCH", "/v1/me", json!({"name": "ADA"})).await;
    assert_eq!((status, code(&body)), (409, ErrorCode::NameTaken));
    let mut a = ada.online().await;
    assert_eq!(bob.call("PATCH", "/v1/me", json!({"name": "bobby"})).await.0, 204);
    assert_eq!(a.digest().await.people[0].name, "bobby");
}

#[tokio::test]
async fn invitations_end_and_nobody_invites_above_themselves() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let once = json!({"role": "admin", "uses": 1, "lifetime_s": 3600});
    let invite = ada.post("/v1/invites", once).await;
    let link: JoinLink = invite["link"].as_str().unwrap().parse().unwrap();
    assert_eq!(link.address.authority(), space.address());
    assert!(!link.address.tls);
    let bob = space.try_join(&link.code, "Bob").await.unwrap();
    let refused = space.try_join(&link.code, "Cleo").await.err().unwrap();
    assert_eq!(code(&refused), ErrorCode::InviteInvalid);
    let (status, _) = bob.call("POST", "/v1/invites", json!({"role": "owner"})).await;
    assert_eq!(status, 403);
    let cleo = space.join_as("Cleo", Role::Member).await;
    let (status, body) = cleo.call("POST", "/v1/invites", json!({"role": "guest"})).await;
    assert_eq!((status, code(&body)), (403, ErrorCode::Forbidden));
    for wrong in [json!({"role": "member", "uses": 0}), json!({"role": "king"}), json!({})] {
        assert_eq!(ada.call("POST", "/v1/invites", wrong).await.0, 400);
    }
}

#[tokio::test]
async fn invitations_are_listed_and_withdrawn_and_end_with_their_makers_rights() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let bob = space.join_as("Bob", Role::Admin).await;
    let cleo = space.join_as("Cleo", Role::Member).await;
    let once = json!({"role": "guest", "uses": 1, "lifetime_s": 3600});
    let link: JoinLink =
        bob.post("/v1/invites", once).await["link"].as_str().unwrap().parse().unwrap();
    let open = async |by: &Person| {
        let all: Invites = by.get("/v1/invites").await;
        all.invites.into_iter().find(|invite| invite.by == Some(bob.signed_in.user))
    };
    let invite = open(&ada).await.unwrap();
    assert_eq!((invite.role, invite.uses_left), (Role::Guest, Some(1)));
    assert!(invite.expires.unwrap() > invite.created);
    let (status, body) = cleo.call("GET", "/v1/invites", Value::Null).await;
    assert_eq!((status, code(&body)), (403, ErrorCode::Forbidden));
    let path = format!("/v1/invites/{}", invite.id);
    let (status, body) = cleo.call("DELETE", &path, Value::Null).await;
    assert_eq!((status, code(&body)), (403, ErrorCode::Forbidden));
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.0, 204);
    let (status, body) = ada.call("DELETE", &path, Value::Null).await;
    assert_eq!((status, code(&body)), (404, ErrorCode::NotFound));
    let refused = space.try_join(&link.code, "Dan").await.err().unwrap();
    assert_eq!(code(&refused), ErrorCode::InviteInvalid);
    assert!(open(&bob).await.is_none());
}

#[tokio::test]
async fn a_password_brings_in_further_devices() {
    let space = Space::start_with(|config| config.max_devices = 3).await;
    let ada = space.join("Ada").await;
    let (status, body) = ada.call("PATCH", "/v1/me", json!({"password": "short"})).await;
    assert_eq!((status, code(&body)), (400, ErrorCode::PasswordTooShort));
    let set = json!({"password": "correct horse"});
    assert_eq!(ada.call("PATCH", "/v1/me", set).await.0, 204);
    let sign_in = |name: &str, password: &str| SignIn {
        name: name.into(),
        password: password.into(),
        device_name: "phone".into(),
    };
    for wrong in [
        sign_in("Ada", "wrong horse"),
        sign_in("Nobody", "correct horse"),
        sign_in("\u{7}", "correct horse"),
    ] {
        let answer = call(&space.address(), "POST", "/v1/sign-in", None, Some(&wrong)).await;
        assert_eq!((answer.0, code(&answer.1)), (401, ErrorCode::BadLogin));
    }
    let right = sign_in("aDa", "correct horse");
    for status in [200, 200, 409] {
        let answer = call(&space.address(), "POST", "/v1/sign-in", None, Some(&right)).await;
        assert_eq!(answer.0, status, "{}", answer.1);
    }
    let devices: Devices = ada.get("/v1/devices").await;
    assert_eq!(devices.devices.len(), 3);
    assert_eq!(devices.devices.iter().filter(|device| device.current).count(), 1);
    let phone = devices.devices.iter().find(|device| !device.current).unwrap();
    let path = format!("/v1/devices/{}", phone.id);
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.0, 404);
    let answer = call(&space.address(), "POST", "/v1/sign-in", None, Some(&right)).await;
    assert_eq!(answer.0, 200, "a place is free again");
}

#[tokio::test]
async fn a_new_password_needs_the_one_until_now() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let edit = async |body: Value| {
        let (status, body) = ada.call("PATCH", "/v1/me", body).await;
        (status, (status >= 400).then(|| code(&body)))
    };
    let bad_login = (401, Some(ErrorCode::BadLogin));
    assert_eq!(edit(json!({"password": "the first one"})).await, (204, None));
    let sign_in = |password: &str| SignIn {
        name: "Ada".into(),
        password: password.into(),
        device_name: "phone".into(),
    };
    let first = sign_in("the first one");
    let (_, phone) = call(&space.address(), "POST", "/v1/sign-in", None, Some(&first)).await;
    let phone =
        Person { signed_in: serde_json::from_value(phone).unwrap(), address: space.address() };
    let mut line = phone.online().await;
    assert_eq!(edit(json!({"password": "the second one"})).await, bad_login);
    let wrong = json!({"password": "the second one", "current_password": "a guess at it"});
    assert_eq!(edit(wrong.clone()).await, bad_login);
    // A name needs none, and what is asked beside a name signs nobody out.
    assert_eq!(edit(json!({"name": "Ada L", "sign_out_others": true})).await, (204, None));
    let right = json!({"password": "the second one", "current_password": "the first one"});
    assert_eq!(edit(right).await, (204, None));
    assert_eq!(ada.get::<Devices>("/v1/devices").await.devices.len(), 2);
    let last = json!({
        "password": "the third one",
        "current_password": "the second one",
        "sign_out_others": true,
    });
    assert_eq!(edit(last).await, (204, None));
    assert_eq!(line.until_closed().await.1, 4502);
    assert_eq!(ada.get::<Devices>("/v1/devices").await.devices.len(), 1);
    // Guessing is slow here as well.
    for _ in 0..8 {
        assert_eq!(edit(wrong.clone()).await, bad_login);
    }
    assert_eq!(edit(wrong).await, (429, Some(ErrorCode::RateLimited)));
}

#[tokio::test]
async fn guessing_is_slow_and_each_client_behind_a_proxy_guesses_for_itself() {
    let space =
        Space::start_with(|config| config.trust_forwarded = TrustedProxies::loopback()).await;
    let from = |address: &str| vec![("x-forwarded-for", format!("203.0.113.1, {address}"))];
    let path = "/v1/invites/WRNG-WRNG-WRNG-WRNG";
    let try_it = |headers: Vec<(&'static str, String)>| {
        let address = space.address();
        async move { raw_call(&address, "GET", path, &headers, String::new()).await }
    };
    for _ in 0..10 {
        assert_eq!(try_it(from("198.51.100.7")).await.0, 404);
    }
    let (status, headers, body) = try_it(from("198.51.100.7")).await;
    assert_eq!(status, 429);
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert!(problem["retry_after_ms"].as_u64().unwrap() <= 6000);
    assert!(headers.contains_key("retry-after"));
    assert_eq!(try_it(from("198.51.100.8")).await.0, 404);
}

#[tokio::test]
async fn strangers_get_clear_answers() {
    let space = Space::start().await;
    let address = space.address();
    for (method, path, token, status) in [
        ("GET", "/v1/devices", None, 401),
        ("GET", "/v1/devices", Some("guess"), 401),
        ("GET", "/v1/nothing", None, 404),
        ("GET", "/v1/socket", Some("guess"), 400),
        ("DELETE", "/v1/rooms/not-an-id/members/x", Some("guess"), 401),
        ("PUT", "/v1/rooms", None, 405),
    ] {
        let answer = call(&address, method, path, token, None::<&()>).await;
        assert_eq!(answer.0, status, "{method} {path}");
    }
    let nul = r#"{"code":"x","name":"Ben","device_name":"a\u0000b","key":"01900000-0000-7004-8000-000000000009"}"#;
    for (body, status) in [("{", 400), ("[]", 400), ("{\"code\":1}", 400), (nul, 400)] {
        let (got, _, text) = raw_call(&address, "POST", "/v1/join", &[], body.into()).await;
        assert_eq!(got, status, "{body}: {text}");
        assert!(serde_json::from_str::<Value>(&text).unwrap()["text"].is_string());
    }
    let large = format!("{{\"code\":\"{}\"}}", "x".repeat(20_000));
    let (status, _, text) = raw_call(&address, "POST", "/v1/join", &[], large).await;
    assert_eq!(status, 413, "{text}");
}

/// So that a proxy which takes the token away is not mistaken for one that was revoked.
#[tokio::test]
async fn a_token_that_never_came_is_told_from_a_wrong_one() {
    let space = Space::start().await;
    let address = space.address();
    let socket = [
        ("connection", "upgrade".to_owned()),
        ("upgrade", "websocket".to_owned()),
        ("sec-websocket-version", "13".to_owned()),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==".to_owned()),
        ("sec-websocket-protocol", "homing.v1".to_owned()),
    ];
    for (path, headers) in [("/v1/devices", &[][..]), ("/v1/socket", &socket)] {
        for (token, expected, challenge) in [
            (None, ErrorCode::TokenMissing, CHALLENGE),
            (Some("Bearer "), ErrorCode::TokenMissing, CHALLENGE),
            (Some("Basic YWRhOmE="), ErrorCode::TokenMissing, CHALLENGE),
            (Some("Bearer guess"), ErrorCode::Unauthorized, CHALLENGE_WRONG),
        ] {
            let mut headers = headers.to_vec();
            headers.extend(token.map(|token| ("authorization", token.to_owned())));
            let (status, told, text) =
                raw_call(&address, "GET", path, &headers, String::new()).await;
            let told = told["www-authenticate"].to_str().unwrap().to_owned();
            let problem: Value = serde_json::from_str(&text).unwrap();
            let seen = (status, code(&problem), told.as_str());
            assert_eq!(seen, (401, expected, challenge), "{path} {token:?}");
        }
    }
}

/// As nginx does without `proxy_http_version 1.1`.
#[tokio::test]
async fn a_proxy_that_speaks_an_older_http_is_told_so() {
    let space = Space::start().await;
    let mut stream = TcpStream::connect(space.address()).await.unwrap();
    let asked = b"GET /v1/socket HTTP/1.0\r\nHost: x\r\nUpgrade: websocket\r\n\r\n";
    stream.write_all(asked).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains(" 400 ") && answer.contains("must speak HTTP/1.1"), "{answer}");
}

#[tokio::test]
async fn a_page_of_strangers_is_refused_and_a_known_one_let_in() {
    let space =
        Space::start_with(|config| config.origins = vec!["https://chat.example".into()]).await;
    let ada = space.join("Ada").await;
    let headers = |origin: &str| {
        [
            ("authorization", format!("Bearer {}", ada.signed_in.token)),
            ("sec-websocket-protocol", "homing.v1".into()),
            ("origin", origin.to_owned()),
        ]
    };
    for origin in ["https://evil.example", "null", "https://chat.example.evil"] {
        let refused = Client::connect_with(&space.address(), &headers(origin)).await;
        assert!(refused.err().unwrap().to_string().contains("403"), "{origin}");
    }
    let known = Client::connect_with(&space.address(), &headers("https://chat.example")).await;
    assert!(known.is_ok());
    let plain = [("authorization", format!("Bearer {}", ada.signed_in.token))];
    let refused = Client::connect_with(&space.address(), &plain).await;
    assert!(refused.err().unwrap().to_string().contains("400"), "without the subprotocol");
}

#[tokio::test]
async fn a_known_page_may_make_calls_and_asks_the_browser_first() {
    let space =
        Space::start_with(|config| config.origins = vec!["https://chat.example".into()]).await;
    let ada = space.join("Ada").await;
    let ask = async |method: &str, origin: &str| {
        let headers = [
            ("origin", origin.to_owned()),
            ("access-control-request-method", "GET".to_owned()),
            ("access-control-request-headers", "authorization".to_owned()),
            ("authorization", format!("Bearer {}", ada.signed_in.token)),
        ];
        raw_call(&space.address(), method, "/v1/devices", &headers, String::new()).await
    };
    let told = |headers: &http::HeaderMap, name: &str| {
        headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    let (status, headers, _) = ask("OPTIONS", "https://chat.example").await;
    assert_eq!(status, 204);
    let allowed = Some("https://chat.example".to_owned());
    assert_eq!(told(&headers, "access-control-allow-origin"), allowed);
    assert!(told(&headers, "access-control-allow-headers").unwrap().contains("authorization"));
    assert!(told(&headers, "access-control-allow-methods").unwrap().contains("DELETE"));
    let (status, headers, _) = ask("GET", "https://chat.example").await;
    assert_eq!((status, told(&headers, "access-control-allow-origin")), (200, allowed));
    assert!(told(&headers, "vary").unwrap().contains("origin"));
    for method in ["OPTIONS", "GET"] {
        let (status, headers, _) = ask(method, "https://evil.example").await;
        assert_eq!((status, told(&headers, "access-control-allow-origin")), (403, None));
    }
}

/// A page of a stranger with many pictures whose addresses are guesses at an invitation.
#[tokio::test]
async fn a_strangers_page_uses_up_nothing_of_its_visitors() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let picture = [("sec-fetch-site", "cross-site".to_owned())];
    for _ in 0..30 {
        let path = "/v1/invites/WRNG-WRNG-WRNG-WRNG";
        let (status, _, _) = raw_call(&space.address(), "GET", path, &picture, String::new()).await;
        assert_eq!(status, 403);
    }
    let invite = ada.invite(Role::Member).await;
    assert!(space.try_join(&invite.code, "Bob").await.is_ok());
    // A link that is followed leads to its page all the same.
    let followed = [("sec-fetch-site", "cross-site".to_owned()), ("accept", HTML.to_owned())];
    assert_eq!(raw_call(&space.address(), "GET", "/join", &followed, String::new()).await.0, 200);
}

/// What browsers ask for.
const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_browser_is_told_what_this_is_in_its_readers_language() {
    let space = Space::start_with(|config| config.space_name = "<Pigeons> {app} & co".into()).await;
    let name = "&lt;Pigeons&gt; {app} &amp; co";
    for (path, language, lang, title) in [
        ("/", "en-US,en;q=0.9", "en", "<h1>{name}</h1>"),
        ("/", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN", "<h1>{name}</h1>"),
        ("/join", "de", "en", "<h1>You’re invited to {name}</h1>"),
        ("/join", "zh-TW", "zh-CN", "<h1>你已受邀加入 {name}</h1>"),
    ] {
        let headers = [("accept", HTML.to_owned()), ("accept-language", language.to_owned())];
        let (status, headers, page) =
            raw_call(&space.address(), "GET", path, &headers, String::new()).await;
        assert_eq!(status, 200);
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{page}");
        assert!(page.contains(&title.replace("{name}", name)), "{page}");
        assert!(page.contains("<a href=\"https://"), "where to get the app: {page}");
        // Nothing comes from elsewhere and nothing runs.
        for forbidden in
            ["<script", "<img", "<link", "<iframe", "<form", " src=", "@import", "url("]
        {
            assert!(!page.contains(forbidden), "{forbidden} in {page}");
        }
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["vary"], "accept, accept-language");
        let policy = headers["content-security-policy"].to_str().unwrap();
        let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(style));
        let expected = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        );
        assert_eq!(policy, expected);
    }
}

/// Health checks, clients and what follows links without asking for a page.
#[tokio::test]
async fn who_asks_for_no_page_gets_none() {
    let space = Space::start().await;
    for (path, accept) in [("/", "*/*"), ("/", "application/json"), ("/join", "*/*")] {
        let headers = [("accept", accept.to_owned())];
        let (status, _, text) =
            raw_call(&space.address(), "GET", path, &headers, String::new()).await;
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, code(&problem)), (404, ErrorCode::NotFound), "{path} {accept}");
    }
    // The code has no place in the path, where logs would keep it.
    let path = format!("/join/{}", space.founding_code());
    let headers = [("accept", HTML.to_owned())];
    assert_eq!(raw_call(&space.address(), "GET", &path, &headers, String::new()).await.0, 404);
}

#[tokio::test]
async fn health_and_figures() {
    let space = Space::start().await;
    let mut a = space.join("Ada").await.online().await;
    let general = a.general();
    a.write(general, "counted").await;
    for path in ["/healthz", "/readyz"] {
        let (status, _, text) = raw_call(&space.address(), "GET", path, &[], String::new()).await;
        assert_eq!((status, text.as_str()), (200, "ok\n"));
    }
    let figures = space.figures().await;
    for (name, value) in
        [("homing_sessions", 1), ("homing_events_total", 2), ("homing_writable", 1)]
    {
        assert_eq!(figures[name], value, "{name}");
    }
}

#[tokio::test]
async fn owners_and_admins_rename_the_space() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let mut b = bob.online().await;
    let named = |name: &str| json!({ "name": name });
    let (status, body) = bob.call("PATCH", "/v1/space", named("Mine")).await;
    assert_eq!((status, code(&body)), (403, ErrorCode::Forbidden));
    for wrong in ["", " ", "a\u{202e}b", &"x".repeat(81)] {
        let (status, body) = ada.call("PATCH", "/v1/space", named(wrong)).await;
        assert_eq!((status, code(&body)), (400, ErrorCode::NameInvalid), "{wrong:?}");
    }
    assert_eq!(ada.call("PATCH", "/v1/space", named("  The Loft ")).await.0, 204);
    assert_eq!(b.digest().await.space_name.as_deref(), Some("The Loft"));
    // Also to whoever comes: by invitation, as a new device, and on a new connection.
    let cleo = space.join("Cleo").await;
    assert_eq!(cleo.signed_in.space_name, "The Loft");
    assert_eq!(cleo.online().await.welcome.clone().unwrap().space_name, "The Loft");
    let invite = ada.invite(Role::Member).await;
    let seen = bob.call("GET", &format!("/v1/invites/{}", invite.code), Value::Null).await.1;
    assert_eq!(seen["space_name"], "The Loft");
}
