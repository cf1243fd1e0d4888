//! macOS and Windows: the system configuration and the registry, read by `hyper-util`. It supports
//! no PAC scripts and, on Windows, no proxy per scheme.

use futures_util::future::{BoxFuture, ready};
use homing_engine::net::route::SystemProxy;
use homing_protocol::link::Address;
use hyper_util::client::proxy::matcher::Matcher;

/// See the [module](self).
#[derive(Debug, Default)]
pub struct Settings {}

impl SystemProxy for Settings {
    fn proxy_for<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Option<String>> {
        let scheme = if address.tls { "https" } else { "http" };
        let server = format!("{scheme}://{}/", address.authority()).parse();
        // The environment was considered before.
        let found = server.ok().and_then(|server| Matcher::from_system().intercept(&server));
        Box::pin(ready(found.map(|found| found.uri().to_string())))
    }
}
