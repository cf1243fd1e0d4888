//! The table is read by the interface as well.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Table {
    ids: BTreeMap<String, UserId>,
    names: BTreeMap<String, String>,
    read: Vec<(String, String, bool, String)>,
    typed: Vec<(String, String)>,
}

impl Table {
    fn new() -> Self {
        serde_json::from_str(include_str!("../../tests/mentions.json")).unwrap()
    }

    /// The text with its tokens and ids.
    fn text(&self, short: &str) -> String {
        let mut text = short.replace("{R}", "<!room>");
        for (key, id) in &self.ids {
            text = text.replace(&format!("{{{key}}}"), &id.to_string());
            let token = format!("{{{}}}", key.to_uppercase());
            text = text.replace(&token, &person(*id, &self.names[key]));
        }
        text
    }

    fn people(&self) -> impl Iterator<Item = (UserId, &str)> {
        self.ids.iter().map(|(key, id)| (*id, self.names[key].as_str()))
    }
}

#[test]
fn a_text_mentions_and_shows_what_the_table_says() {
    let table = Table::new();
    assert!(table.read.len() > 40);
    for (short, who, room, shown) in &table.read {
        let text = table.text(short);
        let people = who.chars().map(|key| table.ids[&key.to_lowercase().to_string()]).collect();
        assert_eq!(read(&text), Mentions { people, room: *room }, "{text:?}");
        assert_eq!(plain(&text, |_| None), *shown, "{text:?}");
        assert_eq!(encode(&parts(&text)), text, "{text:?}");
    }
}

#[test]
fn typed_names_become_what_the_table_says() {
    let table = Table::new();
    assert!(table.typed.len() > 20);
    for (typed, expected) in &table.typed {
        let typed = table.text(typed);
        assert_eq!(resolve(&typed, table.people(), true), table.text(expected), "{typed:?}");
    }
    assert_eq!(resolve("@room", table.people(), false), "@room");
}

#[test]
fn the_present_name_is_shown_if_it_is_known() {
    let (ada, ben) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
    let text = format!("{} {}", person(ada, "Ada"), person(ben, "Ben"));
    assert_eq!(plain(&text, |user| (user == ada).then_some("Ada Lovelace")), "@Ada Lovelace @Ben");
}

#[test]
fn a_beginning_has_no_half_of_a_token() {
    let token = person(UserId(Uuid::from_u128(1)), "Ada");
    let whole = token.chars().count();
    let text = format!("hi {token} there");
    for most in 0..text.chars().count() + 2 {
        let shown = beginning(&text, most);
        assert!(text.starts_with(shown) && shown.chars().count() <= most);
        assert_eq!(shown.contains('<'), most >= 3 + whole, "{most}");
    }
    let escaped = encode(&[Part::Text("a <!room> b".into())]);
    assert_eq!(beginning(&escaped, 5), "a ");
}

#[test]
fn a_name_can_not_break_its_token() {
    let user = UserId(Uuid::from_u128(7));
    for (name, written) in [("a>b<c", "a›b‹c"), ("a\nb", "a b"), ("a|b\\", "a|b\\"), ("", "?")]
    {
        let text = person(user, name);
        assert_eq!(parts(&text), [Part::Person { user, name: written.into() }], "{name:?}");
    }
    let long = "n".repeat(NAME_CHARS + 1);
    assert_eq!(read(&person(user, &long)).people, [user]);
}

#[test]
fn so_many_people_and_no_more_are_mentioned() {
    let text: String = (1..=60).map(|n| person(UserId(Uuid::from_u128(n)), "x")).collect();
    assert_eq!(read(&text).people.len(), MENTIONS);
}

/// Text of the signs that tokens consist of.
/// Looking for the ends of very many openings would take the square of their number. Then a token
/// counts, as wherever there is a doubt.
#[test]
fn a_text_of_openings_is_not_searched_to_the_end_for_each() {
    let (user, few, many) = (UserId(Uuid::from_u128(1)), 10, 5000);
    let token = person(user, "Ada");
    let text = |openings| format!("{}~~~\n{token}\n~~~", "a```b\n".repeat(openings));
    assert_eq!(read(&text(few)).people, []);
    assert_eq!(read(&text(many)).people, [user]);
}

fn tricky() -> impl Strategy<Value = String> {
    let id = "01900000-0000-7002-8000-000000000001";
    let sign = prop::sample::select(vec![
        "<", ">", "\\", "@", "!", "|", "room", "!room>", id, "a", " ", "\n", "`", "> ", "é",
    ]);
    vec(sign, 0..14).prop_map(|signs| signs.concat())
}

fn part() -> impl Strategy<Value = Part<'static>> {
    prop_oneof![
        tricky().prop_map(|text| Part::Text(text.into())),
        "[^<>\r\n]{1,64}".prop_map(|name| Part::Person {
            user: UserId(Uuid::from_u128(name.len() as u128)),
            name: name.into()
        }),
        Just(Part::Room),
    ]
}

proptest! {
    /// What a person typed stays text, whatever it looks like.
    #[test]
    fn what_was_encoded_is_read_back(all in vec(part(), 0..6)) {
        let mut normal: Vec<Part<'_>> = Vec::new();
        for part in all {
            match (normal.last_mut(), part) {
                (_, Part::Text(text)) if text.is_empty() => {}
                (Some(Part::Text(before)), Part::Text(more)) => before.to_mut().push_str(&more),
                (_, part) => normal.push(part),
            }
        }
        let text = encode(&normal);
        prop_assert_eq!(parts(&text), normal);
    }

    #[test]
    fn any_text_is_the_text_of_its_parts(text in tricky()) {
        prop_assert_eq!(encode(&parts(&text)), text);
    }

    #[test]
    fn typed_text_is_shown_as_it_was_typed(text in tricky()) {
        let written = resolve(&text, [], false);
        prop_assert_eq!(plain(&written, |_| None), text);
        prop_assert_eq!(read(&written), Mentions::default());
    }

    #[test]
    fn a_cut_text_reads_as_the_beginning(text in tricky(), most in 0_usize..60) {
        let (cut, whole) = (plain(beginning(&text, most), |_| None), plain(&text, |_| None));
        prop_assert!(whole.starts_with(&cut), "{:?} {:?}", cut, whole);
    }

    /// Whoever is named by a text that was typed is named by it when it is read.
    #[test]
    fn made_tokens_count(text in "[@`>\\[\\]()a \n*-]{0,30}") {
        let user = UserId(Uuid::from_u128(1));
        let written = resolve(&text, [(user, "a")], false);
        prop_assert_eq!(tokens(&written).is_empty(), read(&written).people.is_empty());
    }
}
