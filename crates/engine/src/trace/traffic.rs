//! What the Connection Inspector shows. These types are sent to the interface as they are
//! (`docs/decisions/0006`).

use serde::{Deserialize, Serialize};

use crate::view::ConnectionFailure;

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Entry {
    /// 1, 2, 3 … since the engine's start.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub number: u64,
    /// The number of the connection; 0 before the first one.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub connection: u64,
    /// Milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
    /// What was recorded.
    pub what: TraceEvent,
}

/// An event of the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum TraceEvent {
    /// A frame was sent.
    Sent {
        /// The frame's kind, as in `"t"`.
        kind: String,
        /// Bytes of the frame.
        length: u32,
        /// The text with everything private masked. `None` without a subscriber at that time.
        preview: Option<String>,
    },
    /// A frame was received.
    Received {
        /// The frame's kind, as in `"t"`; `ws_ping` and `ws_pong` for WebSocket control frames, `?`
        /// for an invalid frame.
        kind: String,
        /// Bytes of the frame.
        length: u32,
        /// As in `Sent`.
        preview: Option<String>,
    },
    /// A connection was opened.
    Opened {
        /// Failed attempts before it.
        attempt: u32,
    },
    /// A connection was closed.
    Closed {
        /// The WebSocket close code; 1006 without a close frame.
        code: u16,
        /// Which side closed it.
        by: Side,
    },
    /// An attempt failed.
    Failed {
        /// The cause.
        why: ConnectionFailure,
    },
}

/// A side of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// This device.
    Here,
    /// The server, or something on the way.
    There,
}

/// One measured round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoundTrip {
    /// Milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
    /// Its duration in milliseconds.
    pub ms: u32,
}

/// The traffic of one second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Second {
    /// Seconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
    /// Frames sent.
    pub frames_out: u32,
    /// Frames received.
    pub frames_in: u32,
    /// Bytes sent.
    pub bytes_out: u32,
    /// Bytes received.
    pub bytes_in: u32,
}

/// A time without a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Outage {
    /// Its beginning, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
    /// The close code of the connection before it; `None` if there was none.
    pub code: Option<u16>,
    /// Which side closed that connection.
    pub by: Side,
    /// Failed attempts since.
    pub tries: u32,
    /// The cause of the last failure.
    pub why: ConnectionFailure,
    /// Its duration in milliseconds; `None` while it lasts.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub lasted_ms: Option<u64>,
}

/// Everything recorded, or what is new for a subscriber.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Traffic {
    /// Oldest first. A gap in the numbers means that entries were overwritten before they were
    /// read.
    pub entries: Vec<Entry>,
    /// Oldest first.
    pub round_trips: Vec<RoundTrip>,
    /// Oldest first, without empty seconds. A second is repeated when its numbers have grown.
    pub seconds: Vec<Second>,
    /// All outages, oldest first; `None` if nothing changed.
    pub outages: Option<Vec<Outage>>,
    /// The time of the last `welcome`, in milliseconds since 1970; `None` without a connection.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub online_since: Option<i64>,
}
