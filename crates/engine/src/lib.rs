//! The client without a window.

#![deny(missing_docs)]

pub mod event;
pub mod session;
pub mod view;
