//! The portal that knows the desktop's proxy, played on a message bus of the test's own.

use std::sync::Arc;
use std::time::Duration;

use homing_engine::net::route::SystemProxy as _;
use homing_protocol::link::Address;
use homing_wake::proxy::linux::Portal;
use tokio::time::Instant;
use zbus::connection::Builder;
use zbus::{Connection, interface};

use crate::bus::Bus;

/// Says this of every server, and asserts which it is asked for.
struct Resolver {
    asked: &'static str,
    says: Option<Vec<&'static str>>,
}

#[interface(name = "org.freedesktop.portal.ProxyResolver")]
impl Resolver {
    async fn lookup(&self, uri: String) -> Vec<String> {
        assert_eq!(uri, self.asked);
        match &self.says {
            Some(says) => says.iter().map(|one| (*one).to_owned()).collect(),
            None => std::future::pending().await,
        }
    }
}

async fn portal(bus: &Bus, resolver: Resolver) -> Connection {
    Builder::address(bus.address.as_str())
        .unwrap()
        .name("org.freedesktop.portal.Desktop")
        .unwrap()
        .serve_at("/org/freedesktop/portal/desktop", resolver)
        .unwrap()
        .build()
        .await
        .unwrap()
}

fn server(tls: bool) -> Address {
    Address { host: "chat.example".to_owned(), port: 4664, tls, fingerprint: None }
}

#[tokio::test]
async fn the_desktops_first_choice_is_taken() {
    let (secure, plain) = ("https://chat.example:4664/", "http://chat.example:4664/");
    for (tls, asked, says, expected) in [
        (true, secure, vec!["http://proxy:3128"], Some("http://proxy:3128")),
        (true, secure, vec!["socks5://one:1", "http://two:2"], Some("socks5://one:1")),
        (false, plain, vec!["http://proxy:3128"], Some("http://proxy:3128")),
        (true, secure, vec!["direct://"], None),
        (true, secure, vec!["direct://", "http://proxy:3128"], None),
        (true, secure, vec![], None),
    ] {
        let bus = Bus::start().await;
        let _portal = portal(&bus, Resolver { asked, says: Some(says.clone()) }).await;
        let asking = Portal { address: Some(bus.address.clone()) };
        assert_eq!(asking.proxy_for(&server(tls)).await.as_deref(), expected, "{says:?}");
    }
}

#[tokio::test]
async fn who_is_not_there_names_no_proxy() {
    let bus = Bus::start().await;
    let nobody = Portal { address: Some(bus.address.clone()) };
    assert_eq!(nobody.proxy_for(&server(true)).await, None);
    let no_bus = Portal { address: Some("unix:path=/nowhere".to_owned()) };
    assert_eq!(no_bus.proxy_for(&server(true)).await, None);
}

#[tokio::test]
async fn one_that_hangs_is_waited_for_and_no_longer() {
    let bus = Bus::start().await;
    let resolver = Resolver { asked: "https://chat.example:4664/", says: None };
    let _portal = portal(&bus, resolver).await;
    let hanging = Arc::new(Portal { address: Some(bus.address.clone()) });
    let begin = Instant::now();
    assert_eq!(hanging.proxy_for(&server(true)).await, None);
    assert!(begin.elapsed() >= Duration::from_secs(2), "{:?}", begin.elapsed());
}
