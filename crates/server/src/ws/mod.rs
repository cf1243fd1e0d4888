//! One member's socket: what it says and hears ([`session`], pure), and the task that owns the
//! socket ([`connection`]). What waits to be written to it stands in [`rooms`](crate::rooms).

pub(crate) mod connection;
pub mod digest;
pub mod session;
