//! What the program says to a person: where the data lie, what the space is called, what to do next.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

fn program(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homing-server"));
    command.args(args).env_clear().env("HOMING_DATA", data).env("HOMING_LOG", "off");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// The code, and what was said on standard output and standard error.
async fn run(data: &Path, args: &[&str]) -> (i32, String, String) {
    let ended = program(data, args).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.code().unwrap_or(-1), text(ended.stdout), text(ended.stderr))
}

/// A server that runs, and what it said up to the link.
async fn serve(data: &Path) -> (Child, String) {
    let mut serve =
        program(data, &["serve", "--tls", "off", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut lines = BufReader::new(serve.stdout.take().unwrap()).lines();
    let mut said = String::new();
    while !said.contains("homing://") {
        said += &lines.next_line().await.unwrap().expect("another line");
        said += "\n";
    }
    (serve, said)
}

#[tokio::test]
async fn a_start_says_which_space_where_it_lies_and_how_to_rename_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = format!("\nData folder: {}\n", folder.path().display());
    let (mut server, said) = serve(folder.path()).await;
    assert!(said.starts_with("Homing is running at 127.0.0.1:"), "{said}");
    assert!(said.contains(&place) && said.contains("homing-server space rename NAME"), "{said}");
    assert!(said.contains("to become the owner of Homing:\n\n  homing://join/"), "{said}");

    let (code, out, err) = run(folder.path(), &["space", "rename", "Loft"]).await;
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "The space is now called Loft\n");
    server.kill().await.unwrap();
    let (mut server, said) = serve(folder.path()).await;
    assert!(said.starts_with("Loft is running at") && said.contains(&place), "{said}");
    assert!(!said.contains("rename"), "{said}");
    server.kill().await.unwrap();

    let (code, out, _) = run(folder.path(), &["space", "rename", "Attic"]).await;
    assert_eq!((code, out.as_str()), (0, "The space is now called Attic\n"));
    let (code, _, err) = run(folder.path(), &["space", "rename", " "]).await;
    assert_eq!(code, 1);
    assert!(err.contains("1 to 80 visible characters"), "{err}");
}

#[tokio::test]
async fn a_folder_without_a_space_is_named_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("none");
    let (code, _, err) = run(&data, &["space", "rename", "Loft"]).await;
    let place = format!("homing-server: can't open {}: there's no space", data.display());
    assert_eq!((code, err.lines().count()), (3, 1), "{err}");
    assert!(err.starts_with(&place) && err.contains("homing-server serve"), "{err}");
}
