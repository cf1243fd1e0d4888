//! Addresses that come and go, in a network namespace of the test's own.
//!
//! The test runs itself again inside the namespace. Where the system permits none there is nothing
//! to be seen, and the test says so; the logic has tests that need none.

use std::process::{Command, Stdio};

use homing_engine::SystemEvent;
use homing_wake::interfaces::Interfaces;
use homing_wake::{Source, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::next;

/// Set inside.
const INSIDE: &str = "HOMING_TEST_NAMESPACE";
const NAME: &str = "network::a_network_that_comes_changes_and_goes_is_noticed";

fn ip(words: &str) {
    let done = Command::new("ip").args(words.split(' ')).status().expect("iproute2 is installed");
    assert!(done.success(), "ip {words}");
}

#[test]
fn a_network_that_comes_changes_and_goes_is_noticed() {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(inside());
    }
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net"]).stderr(Stdio::null());
        command
    };
    if !unshare().arg("true").status().is_ok_and(|status| status.success()) {
        println!("this system permits no network namespace; nothing was watched");
        return;
    }
    let test = std::env::current_exe().unwrap();
    let seen = unshare()
        .arg(test)
        .args(["--exact", NAME, "--nocapture"])
        .env(INSIDE, "1")
        .stderr(Stdio::inherit())
        .status()
        .unwrap();
    assert!(seen.success(), "see above");
}

async fn inside() {
    use SystemEvent::{NetworkChanged, NetworkDown, NetworkUp};
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let sources: Vec<Box<dyn Source>> = vec![Box::new(Interfaces)];
    let mut heard = watch(sources, &tasks, &stop);
    // A fresh namespace has not even a loopback address.
    assert_eq!(next(&mut heard).await, NetworkDown);
    ip("link set lo up");
    ip("link add wire type veth peer name socket");
    ip("link set wire up");
    ip("address add 192.0.2.7/24 dev wire");
    assert_eq!(next(&mut heard).await, NetworkUp);
    ip("address add 2001:db8::7/64 dev wire nodad");
    assert_eq!(next(&mut heard).await, NetworkChanged);
    ip("address del 192.0.2.7/24 dev wire");
    assert_eq!(next(&mut heard).await, NetworkChanged);
    ip("link del wire");
    assert_eq!(next(&mut heard).await, NetworkDown);
    ip("link add wire type veth peer name socket");
    ip("address add 192.0.2.8/24 dev wire");
    assert_eq!(next(&mut heard).await, NetworkUp);
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    assert_eq!(heard.recv().await, None);
}
