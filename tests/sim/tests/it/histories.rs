//! Whatever people write and change, and whatever goes wrong meanwhile: every device shows what a
//! naive recount of the server's log says.
//!
//! The simulator plays long stories of everything; here they are short, so that one that fails is
//! made shorter yet.

use homing_sim::script::{self, Step};
use homing_sim::writing::{Amend, Pick};
use proptest::prelude::*;

/// Stories of a test run. A debug build takes half a second for each.
const STORIES: u32 = 20;
/// How often a story that fails is made shorter.
const SHORTER: u32 = 200;

fn amend() -> impl Strategy<Value = Amend> {
    let emoji = prop::sample::select(vec!["👍", "❤", "❤\u{fe0f}"]);
    prop_oneof![
        6 => (emoji, 1u32..4).prop_map(|(emoji, times)| Amend::React(emoji, times)),
        2 => any::<u16>().prop_map(|n| Amend::Edit(format!("{n} edited"))),
        1 => Just(Amend::Redact),
        1 => Just(Amend::Pin),
        1 => any::<u16>().prop_map(|n| Amend::Reply(n.to_string())),
    ]
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![(0usize..3).prop_map(Pick::Old), (0usize..3).prop_map(Pick::New)]
}

fn step() -> impl Strategy<Value = Step> {
    let (device, room) = (|| 0usize..5, || 1usize..3);
    prop_oneof![
        4 => (device(), room()).prop_map(|(device, room)| Step::Write(device, room)),
        12 => (device(), room(), pick(), amend())
            .prop_map(|(device, room, pick, amend)| Step::Amend(device, room, pick, amend)),
        1 => (device(), room()).prop_map(|(device, room)| Step::Read(device, room)),
        1 => (device(), room()).prop_map(|(device, room)| Step::Scroll(device, room)),
        1 => device().prop_map(Step::Discard),
        1 => device().prop_map(Step::Leave),
        2 => device().prop_map(Step::Offline),
        1 => device().prop_map(Step::Cut),
        1 => device().prop_map(Step::Kill),
        1 => prop_oneof![
            Just(Step::KillServer), Just(Step::BackUp), Just(Step::BackUp), Just(Step::Restore)
        ],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: STORIES,
        max_shrink_iters: SHORTER,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn every_device_shows_what_a_naive_recount_says(
        seed in 1u64..1000,
        steps in prop::collection::vec((step(), 0u64..600), 5..60),
    ) {
        let report = script::play(seed, &steps);
        prop_assert_eq!(report.violations, Vec::<String>::new());
    }
}
