//! The example as a program that runs all day: it keeps its connections between questions.

use std::process::Stdio;

use homing_stage::{PATIENCE, Stage};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::example;

/// One that runs. It ends when it is dropped.
pub(crate) struct Program {
    _child: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Program {
    pub(crate) fn start(stage: &Stage) -> Self {
        let mut child = Command::new(example())
            .arg(stage.folder().join("marks"))
            .arg("-")
            .env("DBUS_SESSION_BUS_ADDRESS", stage.bus_address())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the example starts");
        let questions = child.stdin.take().expect("it is piped");
        let answers = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Self { _child: child, questions, answers }
    }

    /// Asks, and waits for no answer.
    pub(crate) async fn begin(&mut self, question: &str) {
        self.questions.write_all(format!("{question}\n").as_bytes()).await.expect("it listens");
    }

    /// Waits for an answer.
    pub(crate) async fn answer(&mut self) -> String {
        let line = timeout(PATIENCE, self.answers.next_line()).await.expect("it answers in time");
        line.expect("it answers in text").expect("it runs")
    }

    pub(crate) async fn ask(&mut self, question: &str) -> String {
        self.begin(question).await;
        self.answer().await
    }
}
