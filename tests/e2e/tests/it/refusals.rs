//! A real nginx that refuses for a while, or spoils what passes: nobody is signed out by it, nothing
//! that waits is lost, and no invitation is spent on a device that could not connect.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use homing_e2e::nginx::{Nginx, Patience};
use homing_e2e::person::Keyring;
use homing_e2e::wire;
use homing_engine::clock::{Seed, SystemClock, new_cid};
use homing_engine::doctor::{self, Account, Outcome, Target, Verdict};
use homing_engine::net::dialer::Dialer;
use homing_engine::net::unexpected_response::UnexpectedResponse;
use homing_engine::secret::SecretStore;
use homing_engine::session::{self, JoinError};
use homing_engine::store::memory::MemoryStore;
use homing_engine::timeouts::Timeouts;
use homing_engine::view::{ConnectionFailure, ConnectionState};
use homing_engine::{Config, Deps, Engine, Handle};
use homing_protocol::{JoinLink, Role};
use homing_server::config::Rates;
use homing_server::rate_limit::Rate;
use homing_server::{Config as ServerConfig, Running, Server, TlsMode};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long nginx refuses.
const REFUSES: Duration = Duration::from_secs(12);
/// The ceiling of the wait after as many tries as fit into that, and a moment to connect.
const BACK: Duration = Duration::from_secs(18);

async fn serve(folder: &tempfile::TempDir) -> Running {
    let listen = ([127, 0, 0, 1], 0).into();
    // Everybody comes from one address here.
    let rates = Rates { logins: Rate::per_minute(1000), ..Rates::default() };
    let data = folder.path().join("server");
    let config = ServerConfig { listen, tls: TlsMode::Off, rates, ..ServerConfig::new(data) };
    let clock = Arc::new(homing_server::SystemClock);
    Server::start(config, clock, CancellationToken::new()).await.unwrap()
}

fn through(link: &JoinLink, nginx: &Nginx) -> JoinLink {
    let mut link = link.clone();
    (link.address.host, link.address.port) = (nginx.addr.ip().to_string(), nginx.addr.port());
    link
}

async fn come_in(link: &JoinLink, name: &str, seed: u64) -> Handle {
    let (record, token) = wire::join(link, name, seed).await;
    let keyring = Keyring::default();
    keyring.set(&record.secret_name(), token).await.unwrap();
    let deps = Deps {
        store: Arc::new(MemoryStore::default()),
        connector: Arc::new(Dialer::new(Vec::new())),
        secrets: Arc::new(keyring),
        clock: Arc::new(SystemClock),
        seed: Seed::from_number(seed),
        config: Config::new("refused 0"),
    };
    Engine::start(record, deps, CancellationToken::new()).await.unwrap()
}

async fn link(handle: &Handle, is: impl Fn(&ConnectionState) -> bool) -> ConnectionState {
    loop {
        let link = handle.overview().await.unwrap().1.connection;
        assert!(!matches!(link, ConnectionState::Refused { .. }), "for good: {link:?}");
        if is(&link) {
            return link;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

async fn is_up(handle: &Handle) {
    link(handle, |link| matches!(link, ConnectionState::UpToDate { .. })).await;
}

/// One refusal, from being cut off to being back with what was written meanwhile.
async fn refused_for_a_while(
    server: &Running,
    n: u64,
    answer: &str,
    expected: UnexpectedResponse,
    status: u16,
) {
    let mut nginx = Nginx::start(server.addr, None, Patience::Shipped).await;
    let invited = through(&server.invite(Role::Member).await.unwrap(), &nginx);
    let handle = come_in(&invited, &format!("Ada {n}"), n).await;
    is_up(&handle).await;
    nginx.refit(&[("proxy_http_version 1.1;", answer)]).await;
    let since = Instant::now();
    let why = |link: &ConnectionState| match link {
        ConnectionState::Waiting {
            why: why @ ConnectionFailure::UnexpectedResponse { .. },
            ..
        } => Some(why.clone()),
        _ => None,
    };
    let down = link(&handle, |link| why(link).is_some()).await;
    let expected = ConnectionFailure::UnexpectedResponse { response: expected, status };
    assert_eq!(why(&down), Some(expected), "{answer}");
    let room = handle.overview().await.unwrap().1.rooms.first().unwrap().id;
    handle.send(room, "written meanwhile").await.unwrap();
    let over = tokio::time::sleep_until(since + REFUSES);
    let never = link(&handle, |link| matches!(link, ConnectionState::UpToDate { .. }));
    tokio::select! { () = over => {}, link = never => panic!("{answer}: {link:?}") }
    nginx.refit(&[]).await;
    timeout(BACK, is_up(&handle)).await.unwrap_or_else(|_| panic!("{answer}: not back"));
    while !handle.outbox().await.unwrap().is_empty() {
        sleep(Duration::from_millis(20)).await;
    }
    handle.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_refuses_for_twelve_seconds_only_delays() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(&folder).await;
    let page = "default_type text/html; return 401 '<h1>Sign in</h1>';";
    let refusals = [
        ("return 403;", UnexpectedResponse::Blocked, 403),
        (page, UnexpectedResponse::Blocked, 401),
        ("return 502;", UnexpectedResponse::ServerAway, 502),
        ("return 503;", UnexpectedResponse::ServerAway, 503),
        ("return 429;", UnexpectedResponse::Busy, 429),
    ];
    join_all((1..).zip(refusals).map(|(n, (answer, expected, status))| {
        refused_for_a_while(&server, n, answer, expected, status)
    }))
    .await;
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_proxy_spoils_is_named_before_an_invitation_is_spent() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(&folder).await;
    let invite = server.join_link.clone().unwrap();
    let mut nginx = Nginx::start(server.addr, None, Patience::Shipped).await;
    let through = through(&invite, &nginx);
    let dialer = Dialer::new(Vec::new());
    let host = "proxy_set_header Host $host;";
    let version = "proxy_http_version 1.1;";
    let upgrade = "proxy_set_header Upgrade $http_upgrade;";
    let lock = "auth_basic x; auth_basic_user_file none;";
    let replaced = "proxy_intercept_errors on; error_page 401 = @page;";
    let server_line = "client_max_body_size 1m;";
    let page = "location @page { default_type text/html; return 401 '<h1>401</h1>'; }";
    for (changes, response, outcome, words) in [
        (
            vec![(host, "proxy_set_header Host $host; proxy_set_header Authorization '';")],
            Some(UnexpectedResponse::TokenMissing),
            Outcome::TokenMissing,
            "Authorization header",
        ),
        (
            vec![(host, "proxy_hide_header Sec-WebSocket-Protocol;")],
            Some(UnexpectedResponse::SubprotocolHidden),
            Outcome::SubprotocolHidden,
            "removes the Sec-WebSocket-Protocol header",
        ),
        (
            vec![(host, "proxy_set_header Sec-WebSocket-Protocol '';")],
            Some(UnexpectedResponse::UpgradeSpoilt),
            Outcome::UpgradeSpoilt,
            "breaks the WebSocket request (400: the socket speaks homing.v1",
        ),
        (
            vec![(version, "")],
            Some(UnexpectedResponse::UpgradeSpoilt),
            Outcome::UpgradeSpoilt,
            "HTTP/1.0",
        ),
        (
            vec![(upgrade, "")],
            Some(UnexpectedResponse::UpgradeSpoilt),
            Outcome::UpgradeSpoilt,
            "breaks the WebSocket request",
        ),
        (
            vec![(host, lock)],
            Some(UnexpectedResponse::Blocked),
            Outcome::Blocked,
            "in front of the server blocks",
        ),
        (
            vec![(version, "return 301 https://x/;")],
            Some(UnexpectedResponse::Redirected),
            Outcome::Redirected,
            "redirects",
        ),
        (
            vec![(host, replaced), (server_line, page)],
            None,
            Outcome::WordsReplaced,
            "a page of its own",
        ),
    ] {
        nginx.refit(&changes).await;
        let mut found = Vec::new();
        let patient = Target {
            connector: &dialer,
            address: &through.address,
            account: Account::None,
            clock: &SystemClock,
            app: "refused 0",
            timeouts: Timeouts::default(),
            history: None,
        };
        doctor::examine(patient, |finding| found.push(finding)).await;
        let seen = found.iter().find(|finding| finding.step == doctor::Step::Upgrade).unwrap();
        assert_eq!(seen.outcome, outcome, "{changes:?}: {seen:?}");
        assert_ne!(seen.verdict, Verdict::Fine);
        let outside = homing_server::doctor::ProbeTarget {
            host: nginx.addr.ip().to_string(),
            port: nginx.addr.port(),
            trust: homing_server::doctor::Trust::Off,
        };
        let of_server = homing_server::doctor::check_public_address(
            Some(&outside),
            &homing_server::SystemClock,
        )
        .await;
        let upgrade = of_server.iter().find(|finding| finding.step == "public upgrade").unwrap();
        assert!(upgrade.meaning.contains(words), "{changes:?}: {upgrade:?}");
        assert!(upgrade.advice.is_some(), "{upgrade:?}");
        let looked = session::inspect(&through, &dialer).await;
        match response {
            None => assert!(looked.is_ok(), "{looked:?}"),
            Some(expected) => {
                let key = new_cid(0, &mut Seed::from_number(9).grow());
                let joined = session::join(&through, "Ada", None, "x", key, &dialer).await;
                for refused in [looked.map(drop), joined.map(drop)] {
                    let Err(JoinError::UnexpectedResponse { response, .. }) = refused else {
                        panic!("{changes:?}: {refused:?}")
                    };
                    assert_eq!(response, expected, "{changes:?}");
                }
            }
        }
    }
    // The founding link is good once, and is good.
    nginx.refit(&[]).await;
    let ada = come_in(&through, "Ada", 1).await;
    is_up(&ada).await;
    ada.shutdown().await;
    server.shutdown().await;
}
