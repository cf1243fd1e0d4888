//! What the server has and this device does not, and how it gets here.
//!
//! The log is the truth and a push is a hint. `cursor` is the arithmetic of one room, `backfill`
//! decides what to pull next over all rooms, `own` keeps the member's own stream in step (`draft` says
//! what holds for drafts), and `receipts` tells the server what is held. All of it is pure: it is
//! told what happened and when, and answers what to store and what to send.

pub(crate) mod backfill;
pub(crate) mod cursor;
pub(crate) mod draft;
pub(crate) mod own_stream;
pub(crate) mod receipts;

pub(crate) use backfill::{Backfill, PageOutcome};
pub(crate) use cursor::OfferOutcome;
pub(crate) use own_stream::OwnStream;
pub(crate) use receipts::Receipts;
