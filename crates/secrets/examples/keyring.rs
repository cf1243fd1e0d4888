//! Tries the keyring of this machine by hand, as the app uses it.
//!
//! `keyring MARKS backend | get NAME | set NAME SECRET | delete NAME | create`
//!
//! Prints the answer on one line and exits with 0, also for a refusal: that is an answer too. With
//! `-` it takes such questions from its input, one a line, as a program does that runs all day; then
//! also `all NAME…`, which gets them at the same time, and `left`, how many threads wait for
//! an answer of the keyring.

#![expect(clippy::print_stdout, reason = "it is a command")]

use std::path::Path;

use homing_engine::session::{Secret, SecretError, SecretStore};
use homing_secrets::{Keyring, backend};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let Some((marks, question)) = args.split_first() else {
        println!("keyring MARKS backend | get NAME | set NAME SECRET | delete NAME | create | -");
        return;
    };
    let keyring = Keyring::open("chat.homing.example", Path::new(marks));
    if question != ["-"] {
        println!("{}", answer(&keyring, question).await);
        return;
    }
    for line in std::io::stdin().lines() {
        let line = line.expect("the input is text");
        let question: Vec<&str> = line.split(' ').collect();
        println!("{}", answer(&keyring, &question).await);
    }
}

async fn answer(keyring: &Keyring, question: &[&str]) -> String {
    match question {
        ["backend"] => backend().unwrap_or_else(|error| format!("{error:?}")),
        ["get", name] => got(keyring.get(name).await),
        ["all", names @ ..] => {
            let all = names.iter().map(|name| keyring.get(name));
            let all = futures_util::future::join_all(all).await;
            all.into_iter().map(got).collect::<Vec<_>>().join(", ")
        }
        ["set", name, text] => said(keyring.set(name, Secret::new(*text)).await),
        ["delete", name] => said(keyring.delete(name).await),
        ["create"] => said(keyring.set_up().await),
        ["left"] => waiting().to_string(),
        _ => "that is no question".into(),
    }
}

fn got(answer: Result<Option<Secret>, SecretError>) -> String {
    match answer {
        Ok(Some(secret)) => format!("Some {}", secret.reveal()),
        Ok(None) => "None".into(),
        Err(error) => format!("{error:?}"),
    }
}

fn said(result: Result<(), SecretError>) -> String {
    result.map_or_else(|error| format!("{error:?}"), |()| "Done".into())
}

/// Threads of this program that are in the library.
fn waiting() -> usize {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let names = threads.filter_map(|one| std::fs::read_to_string(one.path().join("comm")).ok());
    names.filter(|name| name.trim() == "keyring-store").count()
}
