//! The contract between the engine and the interface.
//!
//! [`App`] runs the engines of a profile. A host (the desktop's window, or the browser host of the
//! tests) calls commands by name and passes a [`Subscriber`] for changes. The interface's
//! TypeScript is generated from the types of both. The bridge knows no window system: it uses a
//! [`Desktop`](ports::Desktop) for notifications and a [`Host`](ports::Host) to run a server.

#![deny(missing_docs)]

pub mod app;
pub mod contract;
pub mod dto;
pub mod error;
pub mod event;
pub mod hours;
mod names;
pub mod notifications;
pub mod notify;
pub mod ports;
pub mod projection;
pub mod pump;
pub mod qr;
pub mod settings;
pub mod tokens;
pub mod tray_state;
pub mod updates;
pub mod words;

mod desktop_actions;
mod english;
#[cfg(test)]
mod fixture;
mod handlers;
mod inspections;
mod network_access;
mod typescript;
mod view_state;

pub use app::{App, AppConfig};
pub use contract::call;
pub use english::english;
pub use error::{Code, Failure};
pub use event::{Change, Push};
pub use pump::{PushOutcome, Subscriber};
pub use typescript::typescript;
pub use updates::Updating;
