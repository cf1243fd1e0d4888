//! The way to a server: from an address to a byte stream.
//!
//! `connector` is the seam through which an engine reaches the world, for the socket and for the
//! calls beside it; `dialer` is the real network behind it, and the one place that builds
//! connections. `settings` is what a person chose, `route` decides from it whether a proxy is
//! taken and which, `tunnel` goes through one, `authority` holds the certificates that a person
//! trusts beside the operating system's, and `certificate` judges by them. `upgrade` makes a
//! WebSocket of a stream, `obstacle` names what stood in the way of an answer, and `race` takes
//! the first of many addresses.

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
