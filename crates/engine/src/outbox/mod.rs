//! What was written here and is not known to be on the server.
//!
//! The row is durable before anything else happens, and it goes only in the transaction that
//! stores the event it became. In between, the worker decides what to send when; it is pure, and
//! made again from the rows at every start.

pub(crate) mod item;
pub(crate) mod send_queue;

pub(crate) use send_queue::SendQueue;
