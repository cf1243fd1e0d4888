//! One member's socket: what it says and hears ([`session`], pure), what waits to be written
//! ([`queue`], pure), and the task that owns the socket ([`conn`]).

pub(crate) mod conn;
pub mod digest;
pub mod queue;
pub mod session;
