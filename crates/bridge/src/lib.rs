//! The one contract between the engine and whatever shows it.
//!
//! [`App`] runs the engines of a profile. A host (the desktop's window, or the browser host of the
//! tests) hands it commands by name and a [`Subscriber`] for what changes; both are described by
//! types from which the interface's TypeScript is generated. The bridge knows no window system: it
//! asks for a [`Desktop`](ports::Desktop) to notify on and a [`Host`](ports::Host) to run a server
//! with.

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
#[cfg(test)]
mod fixture;
mod handlers;
mod inspections;
mod network_access;
mod typescript;
mod view_state;

pub use app::{App, AppConfig};
pub use contract::call;
pub use error::{Code, Failure};
pub use event::{Change, Push};
pub use pump::{PushOutcome, Subscriber};
pub use typescript::typescript;
pub use updates::Updating;
