//! Who may import whom. The rule and its reasons stand in ARCHITECTURE.md.

use serde_json::Value;

use super::Finding;
use crate::tree::Source;

/// What each crate may use of the workspace, in the product. What is not named here is a test or a
/// tool and may use all of these, but nobody may use it.
const CRATES: [(&str, &[&str]); 13] = [
    ("homing-protocol", &[]),
    ("homing-certificate", &[]),
    ("homing-heap", &[]),
    ("homing-engine", &["homing-certificate", "homing-protocol"]),
    ("homing-server", &["homing-certificate", "homing-protocol"]),
    ("homing-testkit", &["homing-protocol"]),
    ("homing-secrets", &["homing-engine", "homing-protocol"]),
    ("homing-wake", &["homing-engine", "homing-protocol"]),
    ("homing-updates", &["homing-engine", "homing-protocol"]),
    ("homing-bridge", &["homing-engine", "homing-protocol", "homing-updates"]),
    ("homing", &["homing-engine", "homing-protocol", "homing-secrets", "homing-wake"]),
    (
        "homing-desktop",
        &[
            "homing-bridge",
            "homing-engine",
            "homing-heap",
            "homing-protocol",
            "homing-secrets",
            "homing-server",
            "homing-updates",
            "homing-wake",
        ],
    ),
    ("xtask", &[]),
];

/// What a crate may not use from outside, and why.
const FOREIGN: [(&str, &[&str], &str); 3] = [
    ("homing-protocol", &["tokio", "tauri", "rusqlite", "hyper"], "it has no I/O and no runtime"),
    ("homing-engine", &["tauri", "axum"], "it knows no window and serves nobody"),
    ("homing-bridge", &["tauri"], "the contract knows no window system"),
];

/// Parts of the engine that are wired together in one place and do not call each other.
const APART: [&str; 4] = ["connection", "outbox", "sync", "session"];

/// What a part of the server may not name, and why.
const SERVER: [(&str, &[&str], &str); 4] = [
    ("store/rules/", &["sqlite"], RULES),
    ("store/transaction.rs", &["sqlite"], RULES),
    ("store/rows.rs", &["sqlite"], RULES),
    ("rooms/", &["crate::ws::", "super::ws::"], "rooms know no connection's session"),
];

const RULES: &str = "the rules know no database, see record 38";

/// Checks the dependencies between crates, from `cargo metadata`.
pub(super) fn crates(metadata: &Value) -> Vec<Finding> {
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned();
    let text = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let packages = list(metadata, "packages").unwrap_or_default();
    let ours: Vec<_> = packages.iter().map(|package| text(package, "name")).collect();
    let mut findings = Vec::new();
    for package in &packages {
        let name = text(package, "name");
        let product = CRATES.iter().find(|(product, _)| *product == name);
        for dependency in list(package, "dependencies").unwrap_or_default() {
            let used = text(&dependency, "name");
            if text(&dependency, "kind") == "dev" {
                continue;
            }
            let why = FOREIGN
                .iter()
                .find(|(user, banned, _)| *user == name && banned.contains(&used.as_str()))
                .map(|(_, _, why)| *why);
            if let Some(why) = why {
                findings.push(Finding::new(&name, 0, format!("uses {used}, but {why}")));
            }
            let allowed = match product {
                _ if !ours.contains(&used) => true,
                Some((_, allowed)) => allowed.contains(&used.as_str()),
                None => used != "homing-desktop" && used != "xtask",
            };
            if !allowed {
                let what = format!("may not use {used}, see ARCHITECTURE.md");
                findings.push(Finding::new(&name, 0, what));
            }
        }
    }
    findings
}

/// Checks imports inside crates and inside the interface.
pub(super) fn modules(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        for (line, text) in source.product_lines() {
            if let Some(what) = engine(&source.path, text)
                .or_else(|| server(&source.path, text))
                .or_else(|| desktop(&source.path, text))
                .or_else(|| interface(source, text))
            {
                findings.push(Finding::new(&source.path, line, what));
            }
        }
    }
    findings
}

fn engine(path: &str, line: &str) -> Option<String> {
    let inside = path.strip_prefix("crates/engine/src/")?;
    let part = APART.into_iter().find(|part| {
        inside.strip_prefix(part).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    })?;
    if line.trim_start().starts_with("//") {
        return None;
    }
    let other = APART
        .into_iter()
        .filter(|other| *other != part)
        .find(|other| line.contains(&format!("crate::{other}::")))?;
    Some(format!("{part} and {other} do not know each other"))
}

fn server(path: &str, line: &str) -> Option<String> {
    let inside = path.strip_prefix("crates/server/src/")?;
    let (_, banned, why) = SERVER.iter().find(|(part, _, _)| inside.starts_with(part))?;
    let is_comment = line.trim_start().starts_with("//");
    (!is_comment && banned.iter().any(|name| line.contains(name))).then(|| (*why).to_owned())
}

fn desktop(path: &str, line: &str) -> Option<String> {
    let inside = path.strip_prefix("src-tauri/src/")?;
    let hosting = inside == "hosting.rs" || inside.starts_with("hosting/");
    (!hosting && line.contains("homing_server::"))
        .then(|| "only hosting.rs knows the server".to_owned())
}

fn interface(source: &Source, line: &str) -> Option<String> {
    let inside = source.path.strip_prefix("ui/src/")?;
    if source.is_test() || !(source.is("ts") || source.is("vue")) {
        return None;
    }
    let from = imported(line)?;
    if from.starts_with("@tauri-apps/") && inside != "host/tauri.ts" {
        return Some("only host/tauri.ts knows Tauri".to_owned());
    }
    let mut folders = inside.split('/');
    let (area, feature) = (folders.next()?, folders.next()?);
    let target = from.strip_prefix("@/");
    match (area, target) {
        ("features", Some(target)) => {
            let other = target.strip_prefix("features/")?.split('/').next()?;
            (other != feature).then(|| format!("{feature} and {other} are features of their own"))
        }
        ("features", None) => {
            // So many steps up from features/chat/a.vue are among the features.
            let among = inside.split('/').count() - 2;
            (from.matches("../").count() == among)
                .then(|| "features do not import each other".to_owned())
        }
        ("components", Some(target)) if target.starts_with("stores/") => {
            Some("components know no store".to_owned())
        }
        ("components", Some(target)) if target.starts_with("features/") => {
            Some("components know no feature".to_owned())
        }
        _ => None,
    }
}

/// What a line of TypeScript imports from.
fn imported(line: &str) -> Option<&str> {
    let at = line.find(" from \"").map(|at| at + 7).or_else(|| {
        line.find("import(\"")
            .map(|at| at + 8)
            .or_else(|| line.strip_prefix("import \"").map(|_| 8))
    })?;
    line.get(at..)?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_rule_between_crates_holds() {
        for (user, used, kind, found) in [
            ("homing-engine", "homing-protocol", None, false),
            ("homing-engine", "homing-server", None, true),
            ("homing-engine", "homing-server", Some("dev"), false),
            ("homing-protocol", "homing-engine", None, true),
            ("homing-protocol", "tokio", None, true),
            ("homing-protocol", "serde", None, false),
            ("homing-bridge", "tauri", None, true),
            ("homing-bridge", "homing-server", Some("build"), true),
            ("homing-desktop", "homing-server", None, false),
            ("homing-e2e", "homing-server", None, false),
            ("homing-e2e", "homing-desktop", None, true),
            ("homing", "homing-e2e", None, true),
            ("homing-wake", "homing-engine", None, false),
            ("homing-wake", "homing-bridge", None, true),
        ] {
            let names = [
                "homing-engine",
                "homing-server",
                "homing-protocol",
                "homing-desktop",
                "homing-bridge",
            ];
            let mut packages: Vec<_> = names
                .iter()
                .chain(&["homing-e2e"])
                .filter(|name| **name != user)
                .map(|name| json!({"name": name, "dependencies": []}))
                .collect();
            packages.push(json!({"name": user, "dependencies": [{"name": used, "kind": kind}]}));
            let findings = crates(&json!({ "packages": packages }));
            assert_eq!(!findings.is_empty(), found, "{user} uses {used}: {findings:?}");
        }
    }

    #[test]
    fn the_rule_inside_crates_holds() {
        for (path, line, found) in [
            ("crates/engine/src/outbox/send_queue.rs", "use crate::store::Store;", false),
            ("crates/engine/src/outbox/send_queue.rs", "use crate::connection::Driver;", true),
            ("crates/engine/src/outbox/send_queue.rs", "use crate::outbox::Item;", false),
            (
                "crates/engine/src/outbox/send_queue.rs",
                "/// See `crate::connection::Driver`.",
                false,
            ),
            ("crates/engine/src/sync.rs", "use crate::outbox::Item;", true),
            ("crates/engine/src/run.rs", "use crate::outbox::Item;", false),
            ("crates/server/src/store/rules/log.rs", "use rusqlite::params;", true),
            ("crates/server/src/store/rules/log.rs", "use crate::store::sqlite::FILE;", true),
            ("crates/server/src/store/rules/log.rs", "use crate::store::Change;", false),
            ("crates/server/src/store/rules/log.rs", "// As in rusqlite.", false),
            ("crates/server/src/store/transaction.rs", "use super::sqlite::Sqlite;", true),
            ("crates/server/src/store/sqlite/row.rs", "use rusqlite::Error;", false),
            ("crates/server/src/rooms/hub.rs", "use crate::ws::session::Session;", true),
            ("crates/server/src/rooms/hub.rs", "use axum::extract::ws::Utf8Bytes;", false),
            ("crates/server/src/ws/connection.rs", "use crate::ws::session::Session;", false),
            ("src-tauri/src/hosting.rs", "use homing_server::Server;", false),
            ("src-tauri/src/lib.rs", "use homing_server::Server;", true),
            ("ui/src/host/tauri.ts", "import { invoke } from \"@tauri-apps/api/core\";", false),
            ("ui/src/App.vue", "import { invoke } from \"@tauri-apps/api/core\";", true),
            ("ui/src/features/chat/A.vue", "import B from \"@/features/rooms/B.vue\";", true),
            ("ui/src/features/chat/A.vue", "import B from \"@/features/chat/B.vue\";", false),
            ("ui/src/features/chat/A.vue", "import B from \"../rooms/B.vue\";", true),
            ("ui/src/features/chat/A.vue", "import B from \"./B.vue\";", false),
            ("ui/src/features/chat/A.test.ts", "import B from \"../rooms/B.vue\";", false),
            ("ui/src/components/A.vue", "import { x } from \"@/stores/rooms\";", true),
            ("ui/src/components/A.vue", "import { x } from \"@/i18n\";", false),
        ] {
            let findings = modules(&[Source::new(path, line)]);
            assert_eq!(!findings.is_empty(), found, "{path}: {line}: {findings:?}");
        }
    }
}
