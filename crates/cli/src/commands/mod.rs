//! One file per command: call the engine, print, return a code.

pub(crate) mod change;
pub(crate) mod doctor;
pub(crate) mod join;
pub(crate) mod link;
pub(crate) mod people;
pub(crate) mod room;
pub(crate) mod rooms;
pub(crate) mod send;
pub(crate) mod status;
pub(crate) mod tail;

use homing_engine::view::Overview;

use crate::args::Common;
use crate::failure::{Code, Failure};
use crate::output::Output;
use crate::space::{self, RunningSpace};

/// Opens the space, waits until it is up to date or can't be, and prints a part of its overview.
async fn list(
    common: &Common,
    print: impl FnOnce(Output, &Overview) -> Result<(), Failure>,
) -> Result<Code, Failure> {
    let mut open = space::open(common).await?;
    open.settle().await?;
    let out = Output { json: common.json };
    note_if_offline(out, &open);
    let told = print(out, open.overview());
    open.close().await;
    told.map(|()| Code::Done)
}

/// Why what was written isn't on the server yet, and what happens next.
fn queued(open: &RunningSpace) -> String {
    let why = open.connection_failure().map_or_else(
        || "the server isn't responding".to_owned(),
        |connection_failure| connection_failure.text,
    );
    format!("queued: {why}. The next `homing` command that connects sends it")
}

/// Notes on standard error that the result is what this device has.
fn note_if_offline(out: Output, open: &RunningSpace) {
    if let Some(connection_failure) = open.connection_failure() {
        out.note(format_args!("{connection_failure}. Showing what's saved on this device"));
    }
}
