//! The route to a server: from an address to a byte stream.
//!
//! - `connector` is the interface through which an engine reaches the network.
//! - `dialer` implements it for the real network, and is the only place that connects.
//! - `settings` is what a person configured, and `route` decides by it whether to use a proxy.
//! - `tunnel` connects through a proxy, and `happy_eyeballs` to the first of several addresses.
//! - `certificate_authority` stores additional trusted authorities, and `tls` verifies servers.
//! - `upgrade` turns a stream into a WebSocket.
//! - `unexpected_response` classifies responses that are not a Homing server's.

pub mod certificate_authority;
pub mod connector;
pub mod dialer;
pub mod route;
pub mod settings;
pub mod unexpected_response;

mod happy_eyeballs;
pub(crate) mod tls;
mod tunnel;
pub(crate) mod upgrade;
