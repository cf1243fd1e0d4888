//! Waiting for a condition, with a deadline and a name for what did not come.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// How long anything on the stage may take. Generous: two busy cores render in software here, and
/// a passing test never waits this long.
pub const PATIENCE: Duration = Duration::from_secs(45);

/// Between two looks. Short against what a person notices, long against what a look costs.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// Asks again until there is an answer.
///
/// # Errors
/// Names `what` after [`PATIENCE`], with the last error, if the question kept failing.
pub async fn eventually<T>(
    what: &str,
    mut question: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let last = match question().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if Instant::now() >= deadline {
            let seconds = PATIENCE.as_secs();
            match last {
                Some(error) => return Err(error.context(format!("{what}: not in {seconds} s"))),
                None => bail!("{what}: not in {seconds} s"),
            }
        }
        sleep(LOOK_EVERY).await;
    }
}
