//! What a person chose about the way to servers. Pure: figures and a verdict. No secret.

use serde::{Deserialize, Serialize};

/// How the names begin under which passwords of proxies are kept in a secret store. Alone it was
/// once the name of the only one, which was bound to no proxy: it is forgotten and never used.
pub const PROXY_PASSWORD: &str = "homing:proxy";

/// Bytes of a user name or password that SOCKS5 can carry.
const LOGIN_BYTES: usize = 255;
/// Bytes of the list of exceptions: a thousand names.
const BYPASS_BYTES: usize = 32 * 1024;

/// How servers are reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct NetworkSettings {
    /// Whose word counts.
    pub proxy: ProxyMode,
    /// What holds with [`ProxyMode::Manual`]; kept while another is chosen.
    pub manual: ManualProxy,
}

/// Whose word counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ProxyMode {
    /// The environment's, else the operating system's.
    #[default]
    System,
    /// The person's.
    Manual,
    /// Nobody's: every server is reached directly.
    None,
}

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ProxyKind {
    /// HTTP, by `CONNECT`.
    #[default]
    Http,
    /// SOCKS5. The proxy looks names up, and nobody here is asked for them.
    Socks5,
}

impl ProxyKind {
    /// As it begins an address.
    #[must_use]
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Socks5 => "socks5",
        }
    }
}

/// A proxy that a person named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct ManualProxy {
    /// How it is spoken to.
    pub kind: ProxyKind,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who one is to it; empty: nobody.
    pub user: String,
    /// A password for it is at hand, in the keyring or for this session only, under its
    /// [name](Self::secret_name).
    pub password_kept: bool,
    /// Servers that are reached directly, separated by commas: names with all below them,
    /// addresses, networks such as `10.0.0.0/8`.
    pub bypass: String,
}

/// Why a proxy can't be as it was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProxy {
    /// It has no name, or one that can't be.
    #[error("this isn't a proxy's name or address; leave out http:// and the port")]
    Host,
    /// Port 0 is none.
    #[error("a port is a number from 1 to 65535")]
    Port,
    /// Its user name can't be.
    #[error("a user name can have up to 255 bytes and no colon")]
    User,
    /// The list of exceptions is too long.
    #[error("the bypass list is too long")]
    Bypass,
}

impl ManualProxy {
    /// Under which name the password for this user of this proxy is kept: to another proxy it would
    /// be a gift, and under another name it can't be found for it.
    #[must_use]
    pub fn secret_name(&self) -> String {
        let Self { host, port, user, .. } = self;
        format!("{PROXY_PASSWORD}:{user}@{}:{port}", host.trim_matches(['[', ']']))
    }
}

impl NetworkSettings {
    /// Whether it can be kept. What is not in force is not looked at.
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

/// A name, or an address of either kind. Whether somebody has it, the network says.
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
