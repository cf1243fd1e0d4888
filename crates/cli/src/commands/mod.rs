//! One file a command: ask the engine, print, answer with a code.

pub(crate) mod doctor;
pub(crate) mod join;
pub(crate) mod link;
pub(crate) mod rooms;
pub(crate) mod send;
pub(crate) mod status;
pub(crate) mod tail;

use crate::space::Open;

/// What could not be had from the server is told beside the result, which is what this device holds.
fn note_if_offline(open: &Open) {
    if let Some(complaint) = open.complaint() {
        eprintln!("homing: {complaint}; this is what is known here");
    }
}
