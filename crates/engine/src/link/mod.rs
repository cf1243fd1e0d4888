//! The connection to a space's server: one at a time, owned by one task, made again for ever.
//!
//! `state`, `backoff` and `heartbeat` decide and are pure; `connector` and `dialer` make a byte
//! stream, `socket` turns it into frames, `driver` owns it. The link carries frames and does not
//! read what they are about.

pub mod connector;
pub mod dialer;

mod certificate;
