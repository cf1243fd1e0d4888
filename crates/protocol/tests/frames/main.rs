//! The JSON of `homing.v1`, pinned. A changed snapshot is a changed protocol: every client in the
//! field reads the old one, so a change needs a reason in `docs/protocol.md` and, unless it only
//! adds, a new version.

#[cfg(test)]
mod any;
#[cfg(test)]
mod document;
#[cfg(test)]
mod samples;

#[cfg(test)]
mod tests {
    use homing_protocol::frame::{Failure, Ref, UserKey};
    use homing_protocol::limits::FRAME_BYTES;
    use homing_protocol::{ClientFrame, Decode, ErrorCode, ServerFrame};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use crate::{any, samples};

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn client(text: &str) -> Result<ClientFrame, Decode> {
        ClientFrame::decode(text, FRAME_BYTES)
    }

    fn server(text: &str) -> Result<ServerFrame, Decode> {
        ServerFrame::decode(text, FRAME_BYTES)
    }

    #[test]
    fn the_json_of_every_client_frame_is_pinned() {
        for (name, frame) in samples::client() {
            insta::assert_json_snapshot!(format!("client_{name}"), value(&frame.encode()));
            assert_eq!(client(&frame.encode()).unwrap(), frame, "{name}");
            assert_eq!(value(&frame.encode())["t"], frame.kind(), "{name}");
        }
    }

    #[test]
    fn the_json_of_every_server_frame_is_pinned() {
        for (name, frame) in samples::server() {
            insta::assert_json_snapshot!(format!("server_{name}"), value(&frame.encode()));
            assert_eq!(server(&frame.encode()).unwrap(), frame, "{name}");
            assert_eq!(value(&frame.encode())["t"], frame.kind(), "{name}");
        }
    }

    /// A kind that is missing here would not be pinned, and one that is missing from `KINDS` would
    /// be taken for a frame of a later version when it is broken.
    #[test]
    fn no_kind_is_left_out() {
        fn kinds(frames: impl Iterator<Item = String>) -> Vec<String> {
            let mut kinds: Vec<_> =
                frames.map(|text| value(&text)["t"].as_str().unwrap().to_owned()).collect();
            kinds.sort();
            kinds.dedup();
            kinds
        }
        fn sorted(kinds: &[&str]) -> Vec<String> {
            let mut kinds: Vec<_> = kinds.iter().map(|&kind| kind.to_owned()).collect();
            kinds.sort();
            kinds
        }
        let client = samples::client().into_iter().map(|(_, frame)| frame.encode());
        let server = samples::server().into_iter().map(|(_, frame)| frame.encode());
        assert_eq!(kinds(client), sorted(ClientFrame::KINDS));
        assert_eq!(kinds(server), sorted(ServerFrame::KINDS));
    }

    #[test]
    fn unknown_fields_are_ignored() {
        fn grown(text: &str) -> String {
            text.replacen('{', r#"{"a_field_of_a_later_version":{"any":["thing"]},"#, 1)
        }
        for (name, frame) in samples::client() {
            assert_eq!(client(&grown(&frame.encode())).unwrap(), frame, "{name}");
        }
        for (name, frame) in samples::server() {
            assert_eq!(server(&grown(&frame.encode())).unwrap(), frame, "{name}");
        }
    }

    #[test]
    fn the_order_of_fields_means_nothing() {
        let late = r#"{"seq":3,"room":"01900000-0000-7001-8000-000000000001","t":"mark"}"#;
        assert!(matches!(client(late), Ok(ClientFrame::Mark(_))));
    }

    #[test]
    fn the_least_that_each_frame_must_carry_is_enough() {
        let room = "01900000-0000-7001-8000-000000000001";
        for text in [
            json!({"t": "hello", "versions": [1], "client": {"app": "x", "os": "y"}}),
            json!({"t": "pull", "rid": 1, "room": room, "limit": 1}),
            json!({"t": "ack"}),
            json!({"t": "ping", "n": 1}),
        ] {
            client(&text.to_string()).unwrap();
        }
        for text in [
            json!({"t": "digest", "pos": 1}),
            json!({"t": "caught_up"}),
            json!({"t": "err", "code": "internal", "temporary": true, "text": ""}),
            json!({"t": "bye", "code": 4001}),
        ] {
            server(&text.to_string()).unwrap();
        }
    }

    #[test]
    fn a_kind_of_a_later_version_is_told_from_a_broken_frame() {
        for text in [r#"{"t":"teleport"}"#, r#"{"n":1,"t":"teleport","to":[1,2]}"#] {
            for error in [client(text).unwrap_err(), server(text).unwrap_err()] {
                assert!(matches!(&error, Decode::UnknownKind(t) if t == "teleport"), "{error}");
            }
        }
        // A frame for the other side is as unknown as any other.
        assert!(matches!(client(r#"{"t":"caught_up"}"#), Err(Decode::UnknownKind(_))));
        assert!(matches!(server(r#"{"t":"hello"}"#), Err(Decode::UnknownKind(_))));
    }

    #[test]
    fn what_can_not_be_read_is_malformed() {
        for text in [
            "",
            "null",
            "17",
            "\"hello\"",
            "[]",
            "{}",
            "{",
            r#"{"t":7}"#,
            r#"{"t":null}"#,
            r#"{"t":"ping"}"#,
            r#"{"t":"ping","n":-1}"#,
            r#"{"t":"ping","n":18446744073709551616}"#,
            r#"{"t":"ping","n":1} trailing"#,
            r#"{"t":"mark","room":"general","seq":1}"#,
            r#"{"t":"mark","room":"01900000-0000-7001-8000-000000000001","seq":1.5}"#,
            r#"{"t":"eph","kind":"sneezing"}"#,
            r#"{"t":"hello","versions":1,"client":{"app":"x","os":"y"}}"#,
            r#"{"t":"hello","versions":["1"],"client":{"app":"x","os":"y"}}"#,
            r#"{"t":"hello","versions":[1],"client":["x","y"]}"#,
            r#"["ping",1]"#,
            r#" [{"t":"ping","n":1}]"#,
            r#"{"t":"mark","room":"01900000000070018000000000000001","seq":1}"#,
            r#"{"t":"mark","room":"01900000-0000-7001-8000-00000000000A","seq":1}"#,
        ] {
            let error = client(text).unwrap_err();
            assert!(matches!(error, Decode::Malformed(_)), "{text}: {error}");
        }
    }

    #[test]
    fn a_frame_longer_than_allowed_is_not_even_read() {
        let text = r#"{"t":"ping","n":1}"#;
        assert!(ClientFrame::decode(text, text.len()).is_ok());
        let error = ClientFrame::decode(text, text.len() - 1).unwrap_err();
        assert_eq!(error.to_string(), "frame of 18 bytes is longer than the 17 allowed");
        let long = "x".repeat(FRAME_BYTES + 1);
        assert!(matches!(server(&long), Err(Decode::TooLong { length: 262_145, limit: 262_144 })));
    }

    #[test]
    fn a_code_of_a_later_version_is_kept_and_obeyed_by_its_flag() {
        let text = r#"{"t":"err","code":"moon_phase","temporary":true,"text":"wait"}"#;
        let ServerFrame::Err(Failure { code, temporary, .. }) = server(text).unwrap() else {
            panic!("an err")
        };
        assert_eq!((code, temporary), (ErrorCode::Other("moon_phase".to_owned()), true));
    }

    #[test]
    fn nobody_writes_nul_and_what_was_written_is_read() {
        let [room, one, two, three] = ["1", "2", "3", "4"]
            .map(|digit| format!("01900000-0000-7001-8000-{}", digit.repeat(12)));
        let send = format!(
            r#"{{"t":"send","room":"{room}","items":[
                {{"cid":"{one}","kind":"message","body":{{"text":"fine"}},"ts":1}},
                {{"cid":"{two}","kind":"message","body":{{"text":"one\u0000two"}},"ts":1}},
                {{"cid":"{three}","kind":"a.b","body":{{"a\u0000":1}},"ts":1}}]}}"#
        );
        let cids = [two, three].map(|cid| cid.parse().unwrap());
        let draft = format!("draft:{room}");
        for (text, about) in [
            (send, Some(Ref::Cids(cids.to_vec()))),
            (
                format!(r#"{{"t":"set","key":"{draft}","value":"a\u0000"}}"#),
                Some(Ref::Key(UserKey::from(draft.as_str()))),
            ),
            (r#"{"t":"set","key":"setting:a\u0000","value":1}"#.to_owned(), None),
            (r#"{"t":"bye","reason":"\u0000"}"#.to_owned(), None),
            (r#"{"t":"pong","n":1,"later":"\u0000"}"#.to_owned(), None),
        ] {
            assert!(matches!(client(&text), Err(Decode::Nul(named)) if named == about), "{text}");
        }
        assert!(client(r#"{"t":"bye","reason":"C:\\u0000"}"#).is_ok());
        assert!(server(r#"{"t":"uevent","useq":1,"key":"setting:x","value":"a\u0000b"}"#).is_ok());
    }

    proptest! {
        #[test]
        fn a_client_frame_survives_the_wire(frame in any::client()) {
            let text = frame.encode();
            match ClientFrame::decode(&text, usize::MAX) {
                Err(Decode::Nul(_)) => prop_assert!(text.contains(r"\u0000")),
                read => prop_assert_eq!(read.unwrap(), frame),
            }
        }

        #[test]
        fn a_server_frame_survives_the_wire(frame in any::server()) {
            prop_assert_eq!(ServerFrame::decode(&frame.encode(), usize::MAX).unwrap(), frame);
        }

        #[test]
        fn no_text_is_too_strange_to_refuse(text in any::text()) {
            _ = client(&text);
            _ = server(&text);
        }
    }
}
