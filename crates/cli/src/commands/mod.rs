//! One file a command: ask the engine, print, answer with a code.

pub(crate) mod doctor;
pub(crate) mod join;
pub(crate) mod link;
pub(crate) mod people;
pub(crate) mod rooms;
pub(crate) mod send;
pub(crate) mod status;
pub(crate) mod tail;

use crate::out::Out;
use crate::space::Open;

/// What could not be had from the server is told beside the result, which is what this device holds.
fn note_if_offline(out: Out, open: &Open) {
    if let Some(complaint) = open.complaint() {
        out.note(format_args!("{complaint}. Showing what's saved on this device"));
    }
}
