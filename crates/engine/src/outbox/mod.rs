//! The outbox: messages that were written here and are not known to be on the server.
//!
//! The row is committed before anything else happens, and is deleted only in the transaction that
//! stores the event it became. In between, the send queue decides what to send when. It is pure,
//! and rebuilt from the rows at every start.

pub(crate) mod item;
pub(crate) mod send_queue;

pub(crate) use send_queue::SendQueue;
