//! A client's socket: its protocol state ([`session`], pure) and the task that owns the socket
//! ([`connection`]). The queue of pushes is in [`rooms`](crate::rooms).

pub(crate) mod connection;
pub mod digest;
pub mod session;
