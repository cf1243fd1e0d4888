//! The examples of `docs/protocol.md`, read by the decoder that they describe.

use homing_protocol::http::{
    AddMembers, Devices, EditMe, Invite, InviteInfo, Invites, Join, LinkCode, LinkDevice, LinkInfo,
    Members, NewInvite, NewRoom, Problem, Receipts, RenameDevice, RenameSpace, Revisions, RoomMade,
    Rooms, SignIn, SignedIn,
};
use homing_protocol::{ClientFrame, JoinLink, ServerFrame, limits};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../../../docs/protocol.md");

/// Whether all that `example` says is in `written`. The other way round, fields may have been left
/// out in an example because they are optional.
fn says(written: &Value, example: &Value) -> bool {
    match (written, example) {
        (Value::Object(written), Value::Object(example)) => example
            .iter()
            .all(|(key, value)| written.get(key).is_some_and(|written| says(written, value))),
        (Value::Array(written), Value::Array(example)) => {
            written.len() == example.len()
                && written.iter().zip(example).all(|(written, example)| says(written, example))
        }
        (written, example) => written == example,
    }
}

fn check(written: &impl Serialize, example: &str) {
    let written = serde_json::to_value(written).unwrap();
    let example: Value = serde_json::from_str(example).unwrap();
    assert!(says(&written, &example), "the code writes {written}, the document says {example}");
}

#[test]
fn every_frame_of_the_example_session_is_one() {
    let mut count = 0;
    for line in DOCUMENT.lines() {
        if let Some(text) = line.strip_prefix("→ ") {
            check(&ClientFrame::decode(text, limits::FRAME_BYTES).expect(text), text);
            count += 1;
        } else if let Some(text) = line.strip_prefix("← ") {
            check(&ServerFrame::decode(text, limits::FRAME_BYTES).expect(text), text);
            count += 1;
        }
    }
    assert!(count > 20, "{count} frames");
}

#[test]
fn every_body_of_a_call_is_one() {
    fn body<T: Serialize + DeserializeOwned>(example: &str) {
        let read: T = serde_json::from_str(example).expect(example);
        check(&read, example);
    }
    let mut names = Vec::new();
    let mut lines = DOCUMENT.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("```json ") else {
            continue;
        };
        let example = lines.next().unwrap();
        match name {
            "Problem" => body::<Problem>(example),
            "InviteInfo" => body::<InviteInfo>(example),
            "Join" => body::<Join>(example),
            "SignedIn" => body::<SignedIn>(example),
            "SignIn" => body::<SignIn>(example),
            "LinkCode" => body::<LinkCode>(example),
            "LinkInfo" => body::<LinkInfo>(example),
            "LinkDevice" => body::<LinkDevice>(example),
            "NewInvite" => body::<NewInvite>(example),
            "Invite" => {
                body::<Invite>(example);
                let invite: Invite = serde_json::from_str(example).unwrap();
                let link: JoinLink = invite.link.parse().unwrap();
                assert_eq!(link.code, invite.code);
                assert!(link.address.fingerprint.is_some());
            }
            "Invites" => body::<Invites>(example),
            "EditMe" => body::<EditMe>(example),
            "Devices" => body::<Devices>(example),
            "RenameDevice" => body::<RenameDevice>(example),
            "RenameSpace" => body::<RenameSpace>(example),
            "Rooms" => body::<Rooms>(example),
            "NewRoom" => body::<NewRoom>(example),
            "RoomMade" => body::<RoomMade>(example),
            "AddMembers" => body::<AddMembers>(example),
            "Members" => body::<Members>(example),
            "Receipts" => body::<Receipts>(example),
            "Revisions" => body::<Revisions>(example),
            other => panic!("an example of {other}, which this test does not know"),
        }
        names.push(name);
    }
    assert_eq!(names.len(), 22, "{names:?}");
}
