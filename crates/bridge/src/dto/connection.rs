//! Arguments and results of the Connection Inspector and the Doctor.

use homing_engine::doctor::Finding;
use homing_protocol::SpaceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Arguments: a frame in the Inspector.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct FrameArgs {
    pub space: SpaceId,
    #[ts(type = "number")]
    pub number: u64,
}

/// The full text of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FrameText {
    /// Formatted, with secrets masked. None if it was not stored, because the Inspector was closed
    /// at that time, or is no longer stored.
    pub text: Option<String>,
}

/// A text to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReportText {
    pub text: String,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SavedFile {
    pub path: String,
}

/// The Doctor's findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Examination {
    pub running: bool,
    /// So far, in order.
    pub findings: Vec<Finding>,
}

/// Requests the Doctor's report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ReportArgs {
    pub space: SpaceId,
    /// Leave out the server's address.
    pub masked: bool,
}
