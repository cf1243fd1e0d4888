//! Where the program says what was asked for: a pipe that nobody reads any more, and a full device.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

const COMMANDS: [&[&str]; 6] = [
    &["version"],
    &["init"],
    &["serve", "--tls", "off", "--listen", "127.0.0.1:0"],
    &["serve", "--tls", "off", "--listen", "127.0.0.1:0", "--print-json"],
    &["invite"],
    &["--help"],
];

fn deserted() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// The code, and what was said on standard error.
async fn run(data: &Path, args: &[&str], out: Stdio, err: Stdio) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homing-server"));
    command.args(args).env_clear().env("HOMING_DATA", data).env("HOMING_LOG", "warn");
    command.stdin(Stdio::null()).stdout(out).stderr(err).kill_on_drop(true);
    let ended = command.spawn().unwrap().wait_with_output().await.unwrap();
    (ended.status.code().unwrap_or(-1), String::from_utf8(ended.stderr).unwrap())
}

#[tokio::test]
async fn a_pipe_that_nobody_reads_is_the_end_and_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    for args in COMMANDS {
        let ended = run(folder.path(), args, deserted(), Stdio::piped()).await;
        assert_eq!(ended, (0, String::new()), "{args:?}");
    }
    let (code, said) =
        run(&folder.path().join("none"), &["invite"], deserted(), Stdio::piped()).await;
    assert_eq!(code, 3, "{said}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_device_is_an_error_of_its_own() {
    let full = || Stdio::from(std::fs::File::options().write(true).open("/dev/full").unwrap());
    let folder = tempfile::tempdir().unwrap();
    for args in COMMANDS {
        let (code, said) = run(folder.path(), args, full(), Stdio::piped()).await;
        assert_eq!((code, said.lines().count()), (11, 1), "{args:?}: {said}");
        assert!(
            said.contains("can't write the result to standard output: No space left"),
            "{said}"
        );
        // With nowhere to say anything, the code is left.
        assert_eq!(run(folder.path(), args, full(), full()).await.0, 11, "{args:?}");
    }
    let nowhere = run(&folder.path().join("none"), &["invite"], Stdio::null(), full()).await;
    assert_eq!(nowhere.0, 3);
    // A log that can't be written is no reason to end.
    let args = ["--log", "trace", "serve", "--tls", "off", "--listen", "127.0.0.1:0"];
    assert_eq!(run(folder.path(), &args, deserted(), full()).await.0, 0);
}
