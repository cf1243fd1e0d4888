//! The server as its clients meet it: over real sockets on loopback, through HTTP and WebSocket.
//!
//! One binary, so that it links once. `space` starts servers, `client` is a raw client that knows
//! the wire and nothing else.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod client;
mod space;

mod broken_framing;
mod disk;
mod doctor;
mod edges;
mod fairness;
mod folds;
mod hostile;
mod http;
mod liars;
mod limits;
mod links;
mod output;
mod proxied;
mod receiving;
mod rooms;
mod sending;
mod starting;
mod sync;
mod words;
