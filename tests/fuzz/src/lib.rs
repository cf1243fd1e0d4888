//! What must hold for any bytes that come from the network, whoever sent them.
//!
//! Each function here is one door: it takes bytes, reads them as that door does, and panics when a
//! promise is broken. A fuzzer calls it a million times (`cargo xtask fuzz`, one program in `bin` for
//! each), and a plain test calls it with every file of `corpus`, so that what was found once is tried
//! for ever. "No panic" is the least of it: what could be read is written and read again without a
//! change, limits hold, and what could not be read has a typed reason that is true.
//!
//! What a peer can do with a whole conversation is not tried here but where it is decided: in the
//! tests of the server's session and of the engine's outbox and sync.

use std::fmt::Debug;

use homing_protocol::http::{
    AddMembers, Devices, EditMe, Invite, InviteInfo, Invites, Join, Members, NewInvite, NewRoom,
    Problem, Receipts, RenameDevice, RenameSpace, Revisions, RoomMade, Rooms, SignIn, SignedIn,
};
use homing_protocol::limits::FRAME_BYTES;
use homing_protocol::link::{AnyLink, DeviceLink, JoinLink, LinkError};
use homing_protocol::{ClientFrame, Decode, MessageLink, ServerFrame};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A door, and what must hold at it.
pub struct Target {
    /// As the program, and the folder of its corpus.
    pub name: &'static str,
    /// Panics when a promise is broken.
    pub check: fn(&[u8]),
}

/// Every door.
pub const TARGETS: [Target; 5] = [
    Target { name: "client_frame", check: client_frame },
    Target { name: "server_frame", check: server_frame },
    Target { name: "join_link", check: join_link },
    Target { name: "message_link", check: message_link },
    Target { name: "http_body", check: http_body },
];

/// A text message that a server gets.
pub fn client_frame(bytes: &[u8]) {
    frame(bytes, ClientFrame::decode, ClientFrame::encode, ClientFrame::KINDS);
}

/// A text message that a client gets.
pub fn server_frame(bytes: &[u8]) {
    frame(bytes, ServerFrame::decode, ServerFrame::encode, ServerFrame::KINDS);
}

/// A link that somebody pasted, or that a web page opened.
pub fn join_link(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(link) = text.parse::<AnyLink>() else { return };
    let written = link.to_string();
    assert_eq!(written.parse(), Ok(link.clone()), "{written} is another link");
    let stands = |part: &str| !part.contains(['/', '\\', '@', '?', '#', '%', ' ']);
    if let AnyLink::Join(JoinLink { code, .. }) | AnyLink::Device(DeviceLink { code, .. }) = &link {
        assert!(!code.is_empty(), "{written} leads nowhere");
        assert!(stands(code) && !code.contains('.'), "{code:?} is no code");
    }
    if let AnyLink::Join(link) = &link
        && let Some(web) = link.web()
    {
        assert_eq!(web.parse().as_ref(), Ok(link), "{web} is another link");
    }
    let host = &link.address().host;
    assert!(!host.is_empty(), "{written} leads nowhere");
    assert!(stands(host), "{host:?} is no host");
    // A person who reads a link reads where it leads: an address in plain letters is taken as it is.
    // `https://<host>/join#…` and `homing://join/<host>/…`.
    let line = text.replace(['\t', '\r', '\n'], "").trim().to_ascii_lowercase();
    let before = if line.starts_with("https:") { 2 } else { 3 };
    let read = text.split('/').nth(before).unwrap_or_default().to_ascii_lowercase();
    if read.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.') {
        assert_eq!(*host, read);
    }
}

/// A link to a message, in a text that somebody wrote or that a web page opened.
pub fn message_link(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let line = text.replace(['\t', '\r', '\n'], "").to_ascii_lowercase();
    match text.parse::<MessageLink>() {
        Ok(link) => {
            let written = link.to_string();
            assert_eq!(written.parse(), Ok(link), "{written} is another link");
            assert_eq!(written.len(), "homing://message/".len() + 4 * 36 + 3);
            // It names what a person reads in it.
            assert!(line.contains(&written), "{text:?} does not say {written}");
            assert!(text.parse::<AnyLink>().is_err(), "{text:?} also lets somebody in");
        }
        Err(LinkError::NoMessage) => {
            assert!(line.contains("message"), "{text:?} is no link at all");
        }
        Err(error) => assert_eq!(error, LinkError::NotALink),
    }
}

/// The body of a call or of its answer.
pub fn http_body(bytes: &[u8]) {
    body::<Problem>(bytes);
    body::<InviteInfo>(bytes);
    body::<Join>(bytes);
    body::<SignIn>(bytes);
    body::<SignedIn>(bytes);
    body::<NewInvite>(bytes);
    body::<Invite>(bytes);
    body::<Invites>(bytes);
    body::<EditMe>(bytes);
    body::<Devices>(bytes);
    body::<RenameDevice>(bytes);
    body::<RenameSpace>(bytes);
    body::<Rooms>(bytes);
    body::<NewRoom>(bytes);
    body::<RoomMade>(bytes);
    body::<AddMembers>(bytes);
    body::<Members>(bytes);
    body::<Receipts>(bytes);
    body::<Revisions>(bytes);
}

fn frame<F: Debug + PartialEq>(
    bytes: &[u8],
    decode: fn(&str, usize) -> Result<F, Decode>,
    encode: fn(&F) -> String,
    kinds: &[&str],
) {
    // The socket refuses what is no UTF-8 before anybody decodes it.
    let Ok(text) = str::from_utf8(bytes) else { return };
    let limit = FRAME_BYTES;
    match decode(text, limit) {
        Ok(frame) => {
            assert!(text.len() <= limit, "{} bytes were read", text.len());
            let written = encode(&frame);
            let again = decode(&written, usize::MAX)
                .unwrap_or_else(|error| panic!("{error}: {written} was written by ourselves"));
            if !has_fraction(&written) {
                assert_eq!(again, frame, "{written} is another frame");
                assert_eq!(encode(&again), written);
            }
            if let Some(shorter) = text.len().checked_sub(1) {
                assert!(matches!(decode(text, shorter), Err(Decode::TooLong { .. })));
            }
        }
        Err(Decode::TooLong { length, limit }) => {
            assert_eq!((length, limit), (text.len(), FRAME_BYTES));
            assert!(length > limit);
        }
        Err(Decode::UnknownKind(kind)) => {
            assert!(!kinds.contains(&kind.as_str()), "{kind} is known");
            assert_eq!(kind_of(text), Some(kind));
        }
        Err(Decode::Nul(_)) => {
            assert!(text.to_ascii_lowercase().contains("\\u0000"), "there is no U+0000");
            assert!(kind_of(text).is_some_and(|kind| kinds.contains(&kind.as_str())));
        }
        Err(Decode::Malformed(error)) => {
            assert!(!error.to_string().is_empty());
            let kind = kind_of(text);
            assert!(kind.is_none_or(|kind| kinds.contains(&kind.as_str())), "a later version's");
        }
    }
}

/// The kind that a text names, if it is an object that names one.
fn kind_of(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Head {
        t: String,
    }
    // A derived reader takes an array of the fields as well.
    if !text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{') {
        return None;
    }
    serde_json::from_str(text).map(|Head { t }| t).ok()
}

/// Whether there is a number in it whose last digit may change when it is read and written again.
fn has_fraction(text: &str) -> bool {
    fn in_value(value: &Value) -> bool {
        match value {
            Value::Number(number) => number.is_f64(),
            Value::Array(values) => values.iter().any(in_value),
            Value::Object(fields) => fields.values().any(in_value),
            Value::Null | Value::Bool(_) | Value::String(_) => false,
        }
    }
    serde_json::from_str(text).is_ok_and(|value| in_value(&value))
}

fn body<T: DeserializeOwned + Serialize + PartialEq + Debug>(bytes: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(bytes) else { return };
    let written = serde_json::to_vec(&read).expect("bodies hold only string keys");
    let again: T = serde_json::from_slice(&written).expect("it was written by ourselves");
    assert_eq!(again, read);
}
