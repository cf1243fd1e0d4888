//! The rules of a space: who may do what, what is refused and with which words, what follows from
//! it and who is told.
//!
//! Each function is one request, or a part of one, over the rows of a
//! [transaction](super::transaction). Nothing here knows which database there is: an engine runs the
//! function in a transaction of its own, and of a request that is refused it keeps nothing. So a rule
//! may write before it has looked at everything.
//!
//! The functions are `async` for engines that ask over a network. What is `await`ed is the engine's
//! answer and nothing else: no timer, no channel, no lock.

mod access;
pub(crate) mod account;
mod depth;
pub(crate) mod device;
pub(crate) mod invite;
pub(crate) mod link;
pub(crate) mod log;
pub(crate) mod own;
pub(crate) mod read;
pub(crate) mod removal;
pub(crate) mod room;
pub(crate) mod space;

#[cfg(test)]
mod tests;
