//! The route to a server: direct, or through a proxy, and where that setting comes from. The
//! decision is pure: environment, keyring and operating system are passed in.
//!
//! The rules of `no_proxy` and the format of the variables are those of curl, as `hyper-util`
//! implements them. Three rules are our own. This machine is never reached through a proxy. A proxy
//! that is configured but unusable is an error, and is not bypassed. The lower-case variable has
//! precedence, as in most programs.

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

/// Where a proxy is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxySource {
    /// In the app's settings.
    Settings,
    /// In the environment.
    Environment,
    /// In the program's arguments.
    CommandLine,
    /// In the operating system.
    System,
}

/// Why no proxy is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DirectReason {
    /// None is configured.
    Nothing,
    /// The person turned it off.
    TurnedOff,
    /// One is configured, and this server bypasses it.
    Excepted(ProxySource),
    /// The server is this machine.
    Here,
}

/// A proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its protocol.
    pub kind: ProxyKind,
    /// Its host name or address, without brackets.
    pub host: String,
    /// Its TCP port.
    pub port: u16,
    /// User name and password, if it needs them.
    pub login: Option<ProxyLogin>,
}

/// User name and password for a proxy.
#[expect(missing_docs, reason = "the names of the fields say it all")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyLogin {
    pub user: String,
    pub password: Secret,
}

/// Without user name and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, host, port, .. } = self;
        let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{}://{open}{host}{close}:{port}", kind.scheme())
    }
}

/// The route to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Without a proxy.
    Direct(DirectReason),
    /// Through this proxy.
    Through(Proxy, ProxySource),
    /// A proxy is configured that can't be used.
    Unusable {
        /// As configured, without the password.
        named: String,
        /// Where it is configured.
        by: ProxySource,
    },
}

/// The operating system's proxy settings.
pub trait SystemProxy: Send + Sync + 'static {
    /// The proxy for a server as a URL, such as `http://proxy:3128`. `None`: no proxy.
    fn proxy_for<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Option<String>>;
}

/// A system without proxy settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSystemProxy;

impl SystemProxy for NoSystemProxy {
    fn proxy_for<'a>(&'a self, _: &'a Address) -> BoxFuture<'a, Option<String>> {
        Box::pin(std::future::ready(None))
    }
}

/// The decision that follows from settings and environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteDecision {
    /// Use this route.
    Route(Route),
    /// Use the proxy of the settings, after its password was read.
    NeedsPassword(ManualProxy),
    /// Neither configures a proxy: ask the operating system.
    AskSystem,
}

impl RouteDecision {
    /// The same decision, where the variables did not come from the environment.
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

    /// The route as far as it is known: without the password, and direct if the operating system
    /// was not asked.
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

/// The route that follows from the operating system's answer.
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

/// Parses a proxy URL: `http://user:password@proxy:3128`, `socks5://proxy`.
#[must_use]
pub fn parse(text: &str) -> Option<Proxy> {
    // A password may contain an `@`; only the last one ends it.
    let (login, place) = text.trim().rsplit_once('@').unwrap_or(("", text.trim()));
    let text = if login.is_empty() {
        place.to_owned()
    } else {
        format!("{}@{place}", login.replace('@', "%40"))
    };
    // The server does not matter, because there are no exceptions.
    let matcher = Matcher::builder().all(text).build();
    proxy(&matcher.intercept(&Uri::from_static("https://server.invalid"))?)
}

/// The route that the environment configures for a server, if any.
fn environment(variable: impl Fn(&str) -> Option<String>, address: &Address) -> Option<Route> {
    let read_either = |name: &str| {
        let set = variable(&name.to_lowercase()).or_else(|| variable(name));
        set.filter(|text| !text.trim().is_empty())
    };
    // Only in lower case, as in curl: a CGI server passes the header `Proxy` of a request to its
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
    // Some lists are separated by blanks or line breaks. A leading `*.` means the same as the name
    // alone.
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

/// User name and password from a `Basic` header.
fn basic(header: &[u8]) -> Option<ProxyLogin> {
    let decoded = STANDARD.decode(header.strip_prefix(b"Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(ProxyLogin { user: user.to_owned(), password: Secret::new(password) })
}

/// A proxy URL without user name and password.
fn without_password(proxy: &str) -> String {
    let (scheme, rest) =
        proxy.split_once("://").map_or(("", proxy), |(scheme, rest)| (scheme, rest));
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let place = place.split(['/', '?', '#']).next().unwrap_or_default();
    if scheme.is_empty() { place.to_owned() } else { format!("{scheme}://{place}") }
}

/// Whether this host can only be this machine.
#[must_use]
pub fn is_local(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let ip = host.parse::<IpAddr>();
    ip.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |ip| ip.is_loopback())
}

#[cfg(test)]
mod tests;
