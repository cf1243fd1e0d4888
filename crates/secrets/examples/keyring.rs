//! Tries the keyring of this machine by hand, as the app uses it.
//!
//! `keyring MARKS backend | get NAME | set NAME SECRET | delete NAME`
//!
//! Prints the answer on one line and exits with 0, also for a refusal: that is an answer too.

#![expect(clippy::print_stdout, reason = "it is a command")]

use std::path::Path;

use homing_engine::session::{Secret, SecretStore};
use homing_secrets::{Keyring, backend};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let answer = match args.as_slice() {
        [_, "backend"] => backend().unwrap_or_else(|error| format!("{error:?}")),
        [marks, "get", name] => match open(marks).get(name).await {
            Ok(Some(secret)) => format!("Some {}", secret.reveal()),
            Ok(None) => "None".into(),
            Err(error) => format!("{error:?}"),
        },
        [marks, "set", name, text] => said(open(marks).set(name, Secret::new(*text)).await),
        [marks, "delete", name] => said(open(marks).delete(name).await),
        _ => "keyring MARKS backend | get NAME | set NAME SECRET | delete NAME".into(),
    };
    println!("{answer}");
}

fn open(marks: &str) -> Keyring {
    Keyring::open("chat.homing.example", Path::new(marks))
}

fn said(result: Result<(), impl std::fmt::Debug>) -> String {
    result.map_or_else(|error| format!("{error:?}"), |()| "Done".into())
}
