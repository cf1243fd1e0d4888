//! Everything that a fuzzer ever found, and what it began with, as plain tests.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::fs;
use std::path::{Path, PathBuf};

use homing_fuzz::TARGETS;
use homing_protocol::limits::FRAME_BYTES;
use proptest::prelude::*;
use serde_json::Value;

fn folder(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let listed = fs::read_dir(folder("corpus").join(target)).unwrap();
    let mut files: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn every_input_of_the_corpus_keeps_the_promises() {
    for target in TARGETS {
        let inputs = corpus(target.name);
        assert!(inputs.len() > 5, "the corpus of {} is here", target.name);
        for (path, bytes) in inputs {
            let checked = std::panic::catch_unwind(|| (target.check)(&bytes));
            assert!(checked.is_ok(), "{} breaks a promise, see above", path.display());
        }
    }
}

/// A fuzzer that has never seen a kind of frame has to guess its name.
#[test]
fn every_frame_that_is_pinned_is_where_a_fuzzer_begins() {
    for (prefix, target) in [("client_", "client_frame"), ("server_", "server_frame")] {
        let known: Vec<Value> = corpus(target)
            .iter()
            .filter_map(|(_, bytes)| serde_json::from_slice(bytes).ok())
            .collect();
        let pinned = fs::read_dir(folder("../../crates/protocol/tests/frames/snapshots")).unwrap();
        let mut count = 0;
        for path in pinned.map(|entry| entry.unwrap().path()) {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let Some(name) = name.strip_prefix("frames__tests__") else { continue };
            if !name.starts_with(prefix) {
                continue;
            }
            count += 1;
            let text = fs::read_to_string(&path).unwrap();
            let json = text.splitn(3, "---\n").nth(2).unwrap();
            let frame: Value = serde_json::from_str(json).unwrap();
            let home = format!("tests/fuzz/corpus/{target}/{name}.json");
            assert!(known.contains(&frame), "put this into {home}: {frame}");
        }
        assert!(count > 10, "the snapshots are here");
    }
}

/// As large as a frame may be, and made to cost as much memory as it can.
#[test]
fn the_largest_frames_keep_the_promises() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    for filling in [
        "[],".repeat(80_000),
        r#"{"":{}},"#.repeat(30_000),
        "1,".repeat(120_000),
        format!("{},", nested(100)).repeat(1000),
        format!("\"{}\",", "\\u0000".repeat(40_000)),
    ] {
        let value = format!("[{filling}0]");
        for text in [
            format!(r#"{{"t":"set","key":"setting:x","value":{value}}}"#),
            format!(r#"{{"value":{value},"key":"setting:x","t":"set"}}"#),
            format!(r#"{{"t":"uevent","useq":1,"key":"setting:x","value":{value}}}"#),
            format!(r#"{{"t":"later","value":{value}}}"#),
            value.clone(),
        ] {
            assert!(text.len() <= FRAME_BYTES, "{}", text.len());
            homing_fuzz::client_frame(text.as_bytes());
            homing_fuzz::server_frame(text.as_bytes());
        }
    }
}

proptest! {
    #[test]
    fn any_text_keeps_the_promises(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        for target in TARGETS {
            (target.check)(text.as_bytes());
            (target.check)(&bytes);
        }
    }
}
