//! What the Connection Inspector and the Doctor ask with and get back, beyond what the engine shows.

use homing_engine::doctor::Finding;
use homing_protocol::SpaceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Names a frame in the Inspector.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct FrameArgs {
    /// In which space.
    pub space: SpaceId,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
}

/// The whole of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FrameText {
    /// Laid out for reading, with secrets masked. None: it was not kept, because the Inspector was
    /// not open when it passed, or it is long gone.
    pub text: Option<String>,
}

/// A text to be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReportText {
    /// The text.
    pub text: String,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SavedFile {
    /// Where.
    pub path: String,
}

/// What the Doctor found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Examination {
    /// It still looks.
    pub running: bool,
    /// So far, in order.
    pub findings: Vec<Finding>,
}

/// Asks for the Doctor's report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ReportArgs {
    /// About which space.
    pub space: SpaceId,
    /// Leave out where the server is.
    pub masked: bool,
}
