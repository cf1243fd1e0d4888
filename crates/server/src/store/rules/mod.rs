//! The rules of a space: who may do what, what is refused with which message, what follows from a
//! change and who is told.
//!
//! Each function is one request, or a part of one, over the rows of a
//! [transaction](super::transaction). It does not know the database: an engine runs it in a
//! transaction of its own and discards that when the request is refused, so a rule may write before
//! all checks are done.
//!
//! The functions are `async` for engines that query over a network. They only await the engine's
//! queries: no timer, no channel, no lock.

mod access;
pub(crate) mod account;
mod change;
mod depth;
pub(crate) mod device;
mod fold;
pub(crate) mod invite;
pub(crate) mod link;
pub(crate) mod log;
pub(crate) mod own;
pub(crate) mod page;
pub(crate) mod read;
pub(crate) mod removal;
pub(crate) mod room;
pub(crate) mod space;

#[cfg(test)]
mod tests;
