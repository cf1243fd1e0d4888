//! The simulator itself, the worlds that once broke a promise, and the loss of power.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

mod histories;
mod power;

/// A seed that gives another story the next time would be no proof of anything.
#[test]
fn the_same_seed_is_the_same_story() {
    for seed in [3, 112] {
        let fingerprint = || homing_sim::run(seed).trace.fingerprint();
        assert_eq!(fingerprint(), fingerprint(), "seed {seed}");
    }
    let two = [1, 2].map(|seed| homing_sim::run(seed).trace.fingerprint());
    assert_ne!(two[0], two[1]);
}

fn holds(seed: u64) {
    let report = homing_sim::run(seed);
    assert_eq!(report.violations, Vec::<String>::new(), "cargo xtask sim --seed {seed} --trace");
    assert!(report.messages > 0, "nobody wrote anything");
}

#[test]
fn an_answer_that_was_lost_stays_true_for_who_was_sent_away_since() {
    holds(112);
}

#[test]
fn a_code_of_a_proxy_does_not_end_the_connection_for_good() {
    holds(14);
}

#[test]
fn a_restored_server_brings_back_who_had_left() {
    holds(532);
}
