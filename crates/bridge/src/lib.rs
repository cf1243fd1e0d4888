//! The one contract between the engine and whatever shows it.
//!
//! [`App`] runs the engines of a profile. A host (the desktop's window, or the browser host of the
//! tests) hands it commands by name and a [`Listener`] for what changes; both are described by
//! types from which the interface's TypeScript is generated. The bridge knows no window system: it
//! asks for a [`Desktop`](ports::Desktop) to notify on and a [`Host`](ports::Host) to run a server
//! with.

#![deny(missing_docs)]

pub mod app;
pub mod contract;
pub mod dto;
pub mod error;
pub mod event;
pub mod glance;
pub mod hours;
mod names;
pub mod notices;
pub mod notify;
pub mod ports;
pub mod projection;
pub mod pump;
pub mod qr;
pub mod settings;
pub mod tokens;
pub mod updates;
pub mod words;

#[cfg(test)]
mod fixture;
mod handlers;
mod looks;
mod outside;
mod reach;
mod standing;
mod typescript;

pub use app::{App, AppConfig};
pub use contract::call;
pub use error::{Code, Failure};
pub use event::{Change, Push};
pub use pump::{Listener, Pushed};
pub use typescript::typescript;
pub use updates::Updating;
