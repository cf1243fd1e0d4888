//! Which way to a server: directly, or through which proxy, and who says so. Pure where it decides:
//! environment, keyring and operating system come from outside.
//!
//! The rules of `no_proxy` and the form of the variables are those of curl, as `hyper-util` has
//! them. Three things are our own: this machine is never reached through a proxy, a proxy that is
//! named and can't be used is an error and no reason to go past it, and the lower-case variable
//! counts before the other, as in most programs.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use homing_protocol::link::Address;
use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use serde::{Deserialize, Serialize};

use super::settings::{ManualProxy, NetworkSettings, ProxyKind, ProxyMode};
use crate::secret::Secret;

/// Who named the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxySource {
    /// The person, in the settings.
    Settings,
    /// The environment.
    Environment,
    /// Whoever started the program, in its arguments.
    CommandLine,
    /// The operating system.
    System,
}

/// Why there is no proxy on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DirectReason {
    /// Nobody named one.
    Nothing,
    /// The person wants none.
    TurnedOff,
    /// One is named, and the server is excepted.
    Excepted(ProxySource),
    /// The server is this machine.
    Here,
}

/// A proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// How it is spoken to.
    pub kind: ProxyKind,
    /// Its name or address, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who one is to it.
    pub login: Option<ProxyLogin>,
}

/// Name and password for a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyLogin {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// Without name and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, host, port, .. } = self;
        let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{}://{open}{host}{close}:{port}", kind.scheme())
    }
}

/// The way to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Straight there.
    Direct(DirectReason),
    /// Through this one.
    Through(Proxy, ProxySource),
    /// A proxy is named that can't be used.
    Unusable {
        /// As it was named, without password.
        named: String,
        /// By whom.
        by: ProxySource,
    },
}

/// The operating system's own settings. Where they are is each system's matter.
pub trait SystemProxy: Send + Sync + 'static {
    /// The proxy for a server as an address, such as `http://proxy:3128`. None: directly.
    fn proxy_for<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Option<String>>;
}

/// A system without such settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSystemProxy;

impl SystemProxy for NoSystemProxy {
    fn proxy_for<'a>(&'a self, _: &'a Address) -> BoxFuture<'a, Option<String>> {
        Box::pin(std::future::ready(None))
    }
}

/// What follows from settings and environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteDecision {
    /// This way.
    Route(Route),
    /// Through the proxy of the settings, whose password is to be fetched.
    NeedsPassword(ManualProxy),
    /// Neither says anything: the operating system is to be asked.
    AskSystem,
}

impl RouteDecision {
    /// The same, where what was asked for variables was not the environment.
    #[must_use]
    pub fn with_source(self, by: ProxySource) -> Self {
        let said = |was: ProxySource| if was == ProxySource::Environment { by } else { was };
        match self {
            Self::Route(Route::Through(proxy, was)) => {
                Self::Route(Route::Through(proxy, said(was)))
            }
            Self::Route(Route::Unusable { named, by: was }) => {
                Self::Route(Route::Unusable { named, by: said(was) })
            }
            Self::Route(Route::Direct(DirectReason::Excepted(was))) => {
                Self::Route(Route::Direct(DirectReason::Excepted(said(was))))
            }
            other => other,
        }
    }

    /// The way as far as it is known: without the password, and directly if nobody was asked.
    #[must_use]
    pub fn route(&self) -> Route {
        match self {
            Self::Route(route) => route.clone(),
            Self::NeedsPassword(manual) => {
                Route::Through(manual_proxy(manual, None), ProxySource::Settings)
            }
            Self::AskSystem => Route::Direct(DirectReason::Nothing),
        }
    }
}

/// Decides by settings and environment.
#[must_use]
pub fn decide(
    network: &NetworkSettings,
    variable: impl Fn(&str) -> Option<String>,
    address: &Address,
) -> RouteDecision {
    if is_local(&address.host) {
        return RouteDecision::Route(Route::Direct(DirectReason::Here));
    }
    match network.proxy {
        ProxyMode::None => RouteDecision::Route(Route::Direct(DirectReason::TurnedOff)),
        ProxyMode::Manual => {
            let manual = &network.manual;
            if is_bypassed(&manual.bypass, address) {
                RouteDecision::Route(Route::Direct(DirectReason::Excepted(ProxySource::Settings)))
            } else if manual.user.is_empty() || !manual.password_kept {
                RouteDecision::Route(Route::Through(
                    manual_proxy(manual, None),
                    ProxySource::Settings,
                ))
            } else {
                RouteDecision::NeedsPassword(manual.clone())
            }
        }
        ProxyMode::System => {
            environment(variable, address).map_or(RouteDecision::AskSystem, RouteDecision::Route)
        }
    }
}

/// The proxy of the settings.
#[must_use]
pub fn manual_proxy(manual: &ManualProxy, password: Option<Secret>) -> Proxy {
    let user = manual.user.clone();
    let login = (!user.is_empty())
        .then(|| ProxyLogin { user, password: password.unwrap_or_else(|| Secret::new("")) });
    let host = manual.host.trim_matches(['[', ']']).to_owned();
    Proxy { kind: manual.kind, host, port: manual.port, login }
}

/// The way that the operating system's answer means.
#[must_use]
pub fn from_system(answer: Option<String>) -> Route {
    let Some(named) = answer.filter(|text| !text.trim().is_empty()) else {
        return Route::Direct(DirectReason::Nothing);
    };
    let by = ProxySource::System;
    parse(&named).map_or_else(
        || Route::Unusable { named: without_password(&named), by },
        |proxy| Route::Through(proxy, by),
    )
}

/// A proxy as people write it: `http://user:password@proxy:3128`, `socks5://proxy`.
#[must_use]
pub fn parse(text: &str) -> Option<Proxy> {
    // A password may hold an `@`; only the last one ends it.
    let (login, place) = text.trim().rsplit_once('@').unwrap_or(("", text.trim()));
    let text = if login.is_empty() {
        place.to_owned()
    } else {
        format!("{}@{place}", login.replace('@', "%40"))
    };
    // Any server does: there are no exceptions.
    let matcher = Matcher::builder().all(text).build();
    proxy(&matcher.intercept(&Uri::from_static("https://server.invalid"))?)
}

/// What the environment says of a server; none if it says nothing.
fn environment(variable: impl Fn(&str) -> Option<String>, address: &Address) -> Option<Route> {
    let read_either = |name: &str| {
        let set = variable(&name.to_lowercase()).or_else(|| variable(name));
        set.filter(|text| !text.trim().is_empty())
    };
    // The lower-case one alone, as in curl: a web server hands a header of a request to its
    // programs as HTTP_PROXY.
    let own = if address.tls { read_either("HTTPS_PROXY") } else { variable("http_proxy") };
    let text = own.filter(|text| !text.trim().is_empty()).or_else(|| read_either("ALL_PROXY"))?;
    let by = ProxySource::Environment;
    Some(if read_either("NO_PROXY").is_some_and(|list| is_bypassed(&list, address)) {
        Route::Direct(DirectReason::Excepted(by))
    } else {
        parse(&text).map_or_else(
            || Route::Unusable { named: without_password(&text), by },
            |proxy| Route::Through(proxy, by),
        )
    })
}

fn is_bypassed(list: &str, address: &Address) -> bool {
    // A list is also written with blanks or line breaks, and `*.` before a name means what the
    // name alone means.
    let list = list
        .split([',', ';', ' ', '\t', '\r', '\n'])
        .map(|one| one.strip_prefix("*.").unwrap_or(one))
        .filter(|one| !one.is_empty())
        .collect::<Vec<_>>()
        .join(",");
    if list.split(',').any(|one| one == "*") {
        return true;
    }
    let matcher = Matcher::builder().all("http://proxy.invalid:1").no(list).build();
    let server = format!("https://{}/", address.authority()).parse::<Uri>();
    server.is_ok_and(|server| matcher.intercept(&server).is_none())
}

fn proxy(found: &Intercept) -> Option<Proxy> {
    let uri = found.uri();
    let (kind, usual) = match uri.scheme_str()? {
        "http" => (ProxyKind::Http, 80),
        "socks5" | "socks5h" => (ProxyKind::Socks5, 1080),
        _ => return None,
    };
    let host = uri.host()?.trim_matches(['[', ']']).to_owned();
    let login = match (found.raw_auth(), found.basic_auth()) {
        (Some((user, password)), _) => {
            Some(ProxyLogin { user: user.to_owned(), password: Secret::new(password) })
        }
        (None, Some(header)) => Some(basic(header.as_bytes())?),
        (None, None) => None,
    };
    (!host.is_empty()).then(|| Proxy { kind, host, port: uri.port_u16().unwrap_or(usual), login })
}

/// Name and password, out of the header that they were put into.
fn basic(header: &[u8]) -> Option<ProxyLogin> {
    let decoded = STANDARD.decode(header.strip_prefix(b"Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(ProxyLogin { user: user.to_owned(), password: Secret::new(password) })
}

/// `http://user:password@proxy:3128` without what stands before the `@`.
fn without_password(proxy: &str) -> String {
    let (scheme, rest) =
        proxy.split_once("://").map_or(("", proxy), |(scheme, rest)| (scheme, rest));
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let place = place.split(['/', '?', '#']).next().unwrap_or_default();
    if scheme.is_empty() { place.to_owned() } else { format!("{scheme}://{place}") }
}

/// Whether the name or address can only be this machine's own.
#[must_use]
pub fn is_local(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let ip = host.parse::<IpAddr>();
    ip.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |ip| ip.is_loopback())
}

#[cfg(test)]
mod tests;
