//! Synchronisation: what the server has and this device does not.
//!
//! The log is the truth and a push is a hint. `cursor` is the position in one room's log, and
//! `backfill` decides what to pull next over all rooms. `own_stream` synchronises the member's own
//! values, with `draft` for the rules of drafts. `fold` is the state of a message. `receipts` tells the server what this device has.
//! All of it is pure: it is told what happened and when, and returns what to store and what to
//! send.

pub(crate) mod backfill;
pub(crate) mod cursor;
pub(crate) mod draft;
pub(crate) mod fold;
pub(crate) mod own_stream;
pub(crate) mod receipts;

pub(crate) use backfill::{Backfill, PageOutcome};
pub(crate) use cursor::OfferOutcome;
pub(crate) use own_stream::OwnStream;
pub(crate) use receipts::Receipts;
