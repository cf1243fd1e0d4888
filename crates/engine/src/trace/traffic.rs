//! What the Inspector shows. These types cross into the interface as they are
//! (`docs/decisions/0006`).

use serde::{Deserialize, Serialize};

use crate::view::ConnectionFailure;

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Entry {
    /// 1, 2, 3 … since the engine's start.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub number: u64,
    /// Which connection of this engine; 0 before the first.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub connection: u64,
    /// When, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
    /// What happened.
    pub what: TraceEvent,
}

/// What happened on the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum TraceEvent {
    /// A frame left.
    Sent {
        /// As in `"t"`.
        kind: String,
        /// Bytes of its text.
        length: u32,
        /// Its text with everything private masked; only of frames from when the Inspector was
        /// open.
        preview: Option<String>,
    },
    /// A frame came.
    Received {
        /// As in `"t"`; `ws_ping` and `ws_pong` for the WebSocket's own, `?` for what is none.
        kind: String,
        /// Bytes of its text.
        length: u32,
        /// As for `Sent`.
        preview: Option<String>,
    },
    /// A connection was opened.
    Opened {
        /// Failed tries before it.
        attempt: u32,
    },
    /// It ended.
    Closed {
        /// The WebSocket close code; 1006 when it was cut.
        code: u16,
        /// Who ended it.
        by: Side,
    },
    /// A try for a connection failed.
    Failed {
        /// Why.
        why: ConnectionFailure,
    },
}

/// One of the two sides of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// This device.
    Here,
    /// The server, or something in between.
    There,
}

/// How long one round trip took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoundTrip {
    /// When, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
    /// Milliseconds.
    pub ms: u32,
}

/// What passed within one second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Second {
    /// Which: seconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
    /// Frames sent.
    pub frames_out: u32,
    /// Frames received.
    pub frames_in: u32,
    /// Bytes of them.
    pub bytes_out: u32,
    /// Bytes of them.
    pub bytes_in: u32,
}

/// A time without a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Outage {
    /// Since when, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
    /// How the connection before it ended; none if there had been none.
    pub code: Option<u16>,
    /// Who ended it.
    pub by: Side,
    /// Tries that failed since.
    pub tries: u32,
    /// Why the last of them failed.
    pub why: ConnectionFailure,
    /// It lasted so many milliseconds; none: it lasts.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub lasted_ms: Option<u64>,
}

/// What is known of a connection, or what came since it was last asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Traffic {
    /// Oldest first. A number left out was overwritten before it was read.
    pub entries: Vec<Entry>,
    /// Oldest first.
    pub round_trips: Vec<RoundTrip>,
    /// Oldest first, seconds without a frame left out. One that is known already is told anew when
    /// it has grown.
    pub seconds: Vec<Second>,
    /// All that are kept, oldest first; none when they are as they were.
    pub outages: Option<Vec<Outage>>,
    /// When the server last said welcome, in milliseconds since 1970; none while there is no
    /// connection.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub online_since: Option<i64>,
}
