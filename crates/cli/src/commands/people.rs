//! `homing people`.

use homing_engine::view::Overview;
use homing_protocol::{Person, Role};
use serde_json::json;

use super::list;
use crate::args::Common;
use crate::failure::{Code, Failure};
use crate::output::Output;
use crate::text;

/// Lists the members of the space, by name: whom `homing send @name` can write to.
pub(crate) async fn run(common: &Common) -> Result<Code, Failure> {
    list(common, print).await
}

fn print(out: Output, overview: &Overview) -> Result<(), Failure> {
    let mut people: Vec<_> = overview.people.iter().collect();
    people.sort_by_key(|person| person.name.to_lowercase());
    for person in people {
        print_person(out, overview, person)?;
    }
    Ok(())
}

/// One person, as a line or a value.
pub(super) fn print_person(
    out: Output,
    overview: &Overview,
    person: &Person,
) -> Result<(), Failure> {
    let me = person.id == overview.space.me;
    if out.json {
        return out.value(&json!({
            "user": person.id,
            "name": person.name,
            "role": person.role,
            "gone": person.gone,
            "me": me,
        }));
    }
    let role = match person.role {
        Role::Guest => "guest",
        Role::Member => "member",
        Role::Admin => "admin",
        Role::Owner => "owner",
    };
    let note = match (me, person.gone) {
        (true, _) => "  you",
        (false, true) => "  disabled",
        (false, false) => "",
    };
    out.line(format_args!("{:<24} {role}{note}", text::plain(&person.name)))
}
