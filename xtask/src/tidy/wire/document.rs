//! The names in the specification's tables and headings.

use std::collections::BTreeSet;

use super::code::Names;

pub(super) fn names(text: &str) -> Names {
    let mut names = Names::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("### `") {
            frame(heading, &mut names);
        } else if line.starts_with("| code | name |") {
            names.insert("close codes".to_owned(), rows(lines.clone()).filter_map(close).collect());
        } else if let Some(list) =
            line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->"))
        {
            // The comment stands above the table's head.
            let rows = rows(lines.clone().skip(1));
            match list.split_once(": ") {
                Some((what @ ("fields" | "values" | "keys"), of)) => {
                    let found = rows.filter_map(|row| ticked(row.first()?).next());
                    let found =
                        found.map(|name| name.split(':').next().unwrap_or_default().to_owned());
                    names.insert(format!("{what} of {of}"), found.collect());
                }
                Some(("kinds", of)) => {
                    names.insert(format!("kinds of {of}"), rows.filter_map(kind).collect());
                }
                None if list == "calls" => {
                    let calls = rows.filter_map(|row| ticked(row.first()?).next());
                    names.insert(list.to_owned(), calls.map(str::to_owned).collect());
                }
                None if list == "limits" => {
                    let limits = rows.filter_map(|row| {
                        Some(format!("{} {}", ticked(row.first()?).next()?, row.get(1)?))
                    });
                    names.insert(list.to_owned(), limits.collect());
                }
                _ => {}
            }
        }
    }
    names
}

/// ``hello`, from the client`, or `the server`, or `either side`.
fn frame(heading: &str, names: &mut Names) {
    let Some((kind, from)) = heading.split_once("`, from ") else {
        return;
    };
    for (list, side) in
        [("frames of the client", "the client"), ("frames of the server", "the server")]
    {
        if from == side || from == "either side" {
            names.entry(list.to_owned()).or_default().insert(kind.to_owned());
        }
    }
}

/// The cells of the rows after the line of dashes.
fn rows<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = Vec<&'a str>> {
    lines
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

/// What stands between backticks.
fn ticked(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn close(row: Vec<&str>) -> Option<String> {
    let name = ticked(row.get(1)?).next()?;
    Some(format!("{} {name} {}", row.first()?, row.last()?))
}

fn kind(row: Vec<&str>) -> Option<String> {
    let kind = ticked(row.first()?).next()?;
    let fields: BTreeSet<_> = ticked(row.get(1)?).collect();
    Some(format!("{kind}: {}", fields.into_iter().collect::<Vec<_>>().join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_headings_are_read() {
        let text = "
### `ping`, from either side

<!-- fields: Ping -->
| field | is |
| --- | --- |
| `n` | a number, see `pong` |
| `heads` | optional |

### `bye`, from the client

<!-- kinds: Eph -->
| `kind` | further fields | means |
| --- | --- | --- |
| `typing` | `user`, `room`: id | `x` |

<!-- keys: UserKey -->
| key | value |
| --- | --- |
| `read:<room>` | seq |

| code | name | means | reconnect |
| --- | --- | --- | --- |
| 4500 | `WRONG` | bad | no |

<!-- limits -->
| limit | value | of what |
| --- | --- | --- |
| `A` | 16 | things |

<!-- calls -->
| call | body |
| --- | --- |
| `GET /v1/rooms` | |
";
        let names = names(text);
        for (list, expected) in [
            ("frames of the client", &["bye", "ping"][..]),
            ("frames of the server", &["ping"]),
            ("fields of Ping", &["heads", "n"]),
            ("kinds of Eph", &["typing: room, user"]),
            ("keys of UserKey", &["read"]),
            ("close codes", &["4500 WRONG no"]),
            ("limits", &["A 16"]),
            ("calls", &["GET /v1/rooms"]),
        ] {
            let found: Vec<_> = names.get(list).into_iter().flatten().collect();
            assert_eq!(found, expected, "{list}");
        }
        assert_eq!(names.len(), 8, "{names:?}");
    }
}
