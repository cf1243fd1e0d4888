//! Two devices and arbitrary steps.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Member, room};

#[derive(Debug, Clone)]
enum Act {
    Types(usize),
    /// Continues typing without having seen newer changes.
    TypesBlindly(usize),
    Deletes(usize),
    Says(usize),
    Uses(usize),
    Leaves(usize),
    Offline(usize),
    Online(usize),
    Restart(usize),
    Sends(usize),
    Takes(usize),
    Hears(usize),
    Settles,
}

fn act() -> impl Strategy<Value = Act> {
    let at = || 0..2_usize;
    prop_oneof![
        4 => at().prop_map(Act::Types),
        1 => at().prop_map(Act::TypesBlindly),
        1 => at().prop_map(Act::Deletes),
        2 => at().prop_map(Act::Says),
        1 => at().prop_map(Act::Uses),
        1 => at().prop_map(Act::Leaves),
        1 => at().prop_map(Act::Offline),
        1 => at().prop_map(Act::Online),
        1 => at().prop_map(Act::Restart),
        3 => at().prop_map(Act::Sends),
        3 => at().prop_map(Act::Takes),
        2 => at().prop_map(Act::Hears),
        1 => Just(Act::Settles),
    ]
}

/// The person's view: what they wrote on each device and have not replaced, ended, rejected or sent
/// since.
#[derive(Debug, Default)]
struct Typed {
    on: [BTreeSet<String>; 2],
    sent: BTreeSet<String>,
}

impl Typed {
    /// The text visible on this device is gone by the person's will.
    fn gone(&mut self, at: usize, text: &str) {
        self.on[at].remove(text);
    }

    /// It is a message, or will be one.
    fn sent(&mut self, text: String) {
        (0..2).for_each(|at| self.gone(at, &text));
        self.sent.insert(text);
    }
}

fn happens(member: &mut Member, typed: &mut Typed, act: &Act, text: String) {
    match *act {
        Act::Types(at) => {
            let before = member.devices[at].own.draft(room()).to_owned();
            member.types(at, &text);
            typed.gone(at, &before);
            typed.on[at].insert(text);
        }
        Act::TypesBlindly(at) => {
            member.writes(at, &text, "");
            typed.on[at].insert(text);
        }
        Act::Deletes(at) => {
            let before = member.devices[at].own.draft(room()).to_owned();
            member.types(at, "");
            typed.gone(at, &before);
        }
        Act::Says(at) => {
            let before = member.devices[at].own.draft(room()).to_owned();
            member.sends_message(at);
            typed.sent(before);
        }
        Act::Uses(at) => {
            let (mine, other) = member.devices[at].text();
            let (mine, other) = (mine.to_owned(), other.to_owned());
            if !other.is_empty() {
                member.writes(at, &other, &other);
                typed.gone(at, &mine);
                // As if it had been typed here.
                if !typed.sent.contains(&other) {
                    typed.on[at].insert(other);
                }
            }
        }
        Act::Leaves(at) => {
            let (mine, other) = member.devices[at].text();
            let (mine, other) = (mine.to_owned(), other.to_owned());
            if !other.is_empty() {
                member.writes(at, &mine, &other);
                typed.gone(at, &other);
            }
        }
        Act::Offline(at) => member.offline(at),
        Act::Online(at) => member.online(at),
        Act::Restart(at) => member.restart(at),
        Act::Sends(at) => _ = member.sends(at),
        Act::Takes(at) => _ = member.takes(at),
        Act::Hears(at) => _ = member.hears(at),
        Act::Settles => member.settles(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_was_typed_is_on_its_device_until_the_person_ends_it_or_it_is_sent(
        acts in prop::collection::vec(act(), 0..50),
    ) {
        let mut member = Member::new();
        let mut typed = Typed::default();
        let back = [Act::Online(0), Act::Online(1), Act::Settles];
        for (step, act) in acts.iter().chain(&back).enumerate() {
            happens(&mut member, &mut typed, act, format!("<text {step}>"));
            for (device, typed) in member.devices.iter().zip(&typed.on) {
                let holds = device.holds();
                for text in typed {
                    prop_assert!(holds.contains(text.as_str()), "{step}: {text} in {holds:?}");
                }
                let (own, other) = device.text();
                prop_assert!(holds.contains(own) || own.is_empty(), "not on disk: {own}");
                prop_assert!(own != other || own.is_empty(), "offered beside itself: {own}");
                let any = holds.iter().any(|text| *text != own);
                prop_assert!(any != other.is_empty(), "{holds:?} beside {own:?}: {other:?}");
            }
        }
    }
}
