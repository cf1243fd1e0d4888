//! Where the person stands in the window.

use std::collections::BTreeMap;

use homing_protocol::{RoomId, Seq, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the window stands, so that one built anew stands there too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Standing {
    /// The space before the person's eyes.
    pub space: SpaceId,
    /// The last room of each space.
    pub rooms: BTreeMap<SpaceId, RoomId>,
    /// What is at the upper edge of the room; none at its end.
    pub anchor: Option<Anchor>,
}

/// A row, and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Anchor {
    /// In which room.
    pub room: RoomId,
    /// The row's key.
    pub key: String,
    /// Where it is in the log, to read the rows around it.
    pub seq: Seq,
    /// Pixels from the upper edge down to the row; less than none for a row that is cut off there.
    /// Rows have heights between whole pixels.
    pub offset: f64,
}
