//! What a person configured about reaching servers. Pure: data and checks. It holds no secret.

use serde::{Deserialize, Serialize};

/// The prefix of the names under which proxy passwords are stored. An old version used it as the
/// whole name, which was bound to no proxy; that secret is deleted and never used.
pub const PROXY_PASSWORD: &str = "homing:proxy";

/// The maximum of a user name or password in SOCKS5.
const LOGIN_BYTES: usize = 255;
/// The maximum of the bypass list: a thousand names.
const BYPASS_BYTES: usize = 32 * 1024;

/// How servers are reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct NetworkSettings {
    /// Where the proxy is configured.
    pub proxy: ProxyMode,
    /// The proxy of [`ProxyMode::Manual`]; it is kept while another mode is chosen.
    pub manual: ManualProxy,
}

/// Where the proxy is configured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ProxyMode {
    /// In the environment, else in the operating system.
    #[default]
    System,
    /// In these settings.
    Manual,
    /// Nowhere: every server is reached directly.
    None,
}

/// The protocol of a proxy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ProxyKind {
    /// HTTP, by `CONNECT`.
    #[default]
    Http,
    /// SOCKS5. The proxy resolves host names, so this network does not see them.
    Socks5,
}

impl ProxyKind {
    /// The scheme of its URL.
    #[must_use]
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Socks5 => "socks5",
        }
    }
}

/// A proxy that a person configured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct ManualProxy {
    /// Its protocol.
    pub kind: ProxyKind,
    /// Its host name or address.
    pub host: String,
    /// Its TCP port; 0 until one is entered.
    pub port: u16,
    /// The user name; empty if it needs none.
    pub user: String,
    /// Its password is stored under its [name](Self::secret_name), in the keyring or for this
    /// session only.
    pub password_kept: bool,
    /// Servers that bypass the proxy, separated by commas: domains with their subdomains,
    /// addresses, networks such as `10.0.0.0/8`.
    pub bypass: String,
}

/// Why a proxy can't be used as configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProxy {
    /// It has no host name, or an invalid one.
    #[error("this isn't a proxy's name or address; leave out http:// and the port")]
    Host,
    /// The port is 0.
    #[error("a port is a number from 1 to 65535")]
    Port,
    /// The user name is invalid.
    #[error("a user name can have up to 255 bytes and no colon")]
    User,
    /// The bypass list is too long.
    #[error("the bypass list is too long")]
    Bypass,
}

impl ManualProxy {
    /// The name under which the password is stored. It contains user, host and port, so that the
    /// password is never sent to another proxy.
    #[must_use]
    pub fn secret_name(&self) -> String {
        let Self { host, port, user, .. } = self;
        format!("{PROXY_PASSWORD}:{user}@{}:{port}", host.trim_matches(['[', ']']))
    }
}

impl NetworkSettings {
    /// Whether the settings are valid. Settings that are not in use are not checked.
    ///
    /// # Errors
    /// [`InvalidProxy`]
    pub fn check(&self) -> Result<(), InvalidProxy> {
        let ManualProxy { host, port, user, bypass, .. } = &self.manual;
        if self.proxy != ProxyMode::Manual {
            return Ok(());
        }
        if !is_host(host) {
            Err(InvalidProxy::Host)
        } else if *port == 0 {
            Err(InvalidProxy::Port)
        } else if user.len() > LOGIN_BYTES || user.contains([':', '\r', '\n']) {
            Err(InvalidProxy::User)
        } else if bypass.len() > BYPASS_BYTES {
            Err(InvalidProxy::Bypass)
        } else {
            Ok(())
        }
    }
}

/// Whether this can be a host name or an address. Whether it exists, only the network can tell.
fn is_host(host: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let plain = host.trim_matches(['[', ']']);
    host.len() <= 255
        && (plain.parse::<std::net::IpAddr>().is_ok() || !host.is_empty() && host.chars().all(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_has_a_name_and_a_port() {
        let manual = |host: &str, port, user: &str| NetworkSettings {
            proxy: ProxyMode::Manual,
            manual: ManualProxy {
                host: host.to_owned(),
                port,
                user: user.to_owned(),
                ..ManualProxy::default()
            },
        };
        for (host, port, user, expected) in [
            ("proxy.example", 3128, "", Ok(())),
            ("192.0.2.1", 1, "ada", Ok(())),
            ("::1", 1080, "", Ok(())),
            ("[2001:db8::1]", 1080, "", Ok(())),
            ("代理.example", 1080, "", Ok(())),
            ("", 3128, "", Err(InvalidProxy::Host)),
            ("http://proxy", 3128, "", Err(InvalidProxy::Host)),
            ("proxy:3128", 3128, "", Err(InvalidProxy::Host)),
            ("ada@proxy", 3128, "", Err(InvalidProxy::Host)),
            ("a b", 3128, "", Err(InvalidProxy::Host)),
            ("proxy", 0, "", Err(InvalidProxy::Port)),
            ("proxy", 1, "a:b", Err(InvalidProxy::User)),
        ] {
            assert_eq!(manual(host, port, user).check(), expected, "{host}:{port} {user}");
        }
        let off = NetworkSettings { proxy: ProxyMode::None, ..manual("", 0, "") };
        assert_eq!(off.check(), Ok(()), "what is not in force is not looked at");
    }

    #[test]
    fn a_password_has_a_name_for_each_user_of_each_proxy() {
        let name = |host: &str, port, user: &str| {
            let (host, user) = (host.to_owned(), user.to_owned());
            ManualProxy { host, port, user, ..ManualProxy::default() }.secret_name()
        };
        assert_eq!(name("proxy", 1080, "ada"), "homing:proxy:ada@proxy:1080");
        assert_eq!(name("[::1]", 1080, "ada"), name("::1", 1080, "ada"));
        for (host, port, user) in
            [("other", 1080, "ada"), ("proxy", 1081, "ada"), ("proxy", 1080, "eve")]
        {
            assert_ne!(name(host, port, user), name("proxy", 1080, "ada"));
        }
    }

    #[test]
    fn nothing_chosen_is_the_systems_word() {
        let read: NetworkSettings = serde_json::from_str("{}").unwrap();
        assert_eq!((read.clone(), read.proxy), (NetworkSettings::default(), ProxyMode::System));
    }
}
