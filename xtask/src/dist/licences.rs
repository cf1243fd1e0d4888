//! What of others is built in, and under which licence: the notices that they ask to be passed on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::contents::Package;
use crate::process::cargo;
use crate::tree::root;

/// The notices of everything in a package: who, and the words of each licence once.
pub(super) fn text(package: Package) -> Result<String> {
    let metadata = metadata()?;
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut bare = BTreeSet::new();
    for id in used(&metadata, package.name()) {
        let Some(one) = packages(&metadata).find(|one| string(one, "id") == id) else { continue };
        // Ours are under the licence of the project.
        if one.get("source").is_none_or(Value::is_null) {
            continue;
        }
        let (name, version) = (string(one, "name"), string(one, "version"));
        let licence = string(one, "license");
        let folder = Path::new(string(one, "manifest_path")).parent().context("it has a folder")?;
        let who = format!("{name} {version}, {licence}");
        notice(folder, who, &mut found, &mut bare)?;
    }
    if package == Package::Desktop {
        let manifest = std::fs::read_to_string(root().join("ui/package.json"))?;
        let manifest: Value = serde_json::from_str(&manifest)?;
        let names = manifest.get("dependencies").and_then(Value::as_object);
        for name in names.context("the interface has dependencies")?.keys() {
            let folder = root().join("ui/node_modules").join(name);
            notice(&folder, name.clone(), &mut found, &mut bare)?;
        }
    }
    let mut text = format!("What others wrote and is built into {}.\n", package.name());
    for (words, who) in &found {
        let _ = write!(text, "\n{}\n{}\n\n{words}\n", "=".repeat(72), who.join("\n"));
    }
    if !bare.is_empty() {
        let who = bare.into_iter().collect::<Vec<_>>().join("\n");
        let _ = write!(text, "\n{}\nWithout a text of their own:\n\n{who}\n", "=".repeat(72));
    }
    Ok(text)
}

fn notice(
    folder: &Path,
    who: String,
    found: &mut BTreeMap<String, Vec<String>>,
    bare: &mut BTreeSet<String>,
) -> Result<()> {
    let mut words = BTreeSet::new();
    let listed = std::fs::read_dir(folder)
        .with_context(|| format!("{} is not there; was it installed?", folder.display()))?;
    for entry in listed {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let is = ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|it| name.starts_with(it));
        if is && let Ok(text) = std::fs::read_to_string(entry.path()) {
            words.insert(text.replace('\r', "").trim().to_owned());
        }
    }
    if words.is_empty() {
        bare.insert(who);
    } else {
        let words = words.into_iter().collect::<Vec<_>>().join("\n\n");
        found.entry(words).or_default().push(who);
    }
    Ok(())
}

/// Everything that a program is made of, by id: what it is linked with, not what builds or tests it.
fn used(metadata: &Value, program: &str) -> BTreeSet<String> {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let nodes = metadata.pointer("/resolve/nodes").and_then(Value::as_array);
    for node in nodes.into_iter().flatten() {
        let deps = node.get("deps").and_then(Value::as_array);
        let linked = deps.into_iter().flatten().filter(|dep| {
            let kinds = dep.get("dep_kinds").and_then(Value::as_array);
            kinds.into_iter().flatten().any(|kind| kind.get("kind").is_none_or(Value::is_null))
        });
        edges.insert(string(node, "id"), linked.map(|dep| string(dep, "pkg")).collect());
    }
    let start = packages(metadata).find(|one| string(one, "name") == program);
    let mut waiting: Vec<&str> = start.map(|one| string(one, "id")).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if seen.insert(id.to_owned()) {
            waiting.extend(edges.get(id).into_iter().flatten());
        }
    }
    seen
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata.get("packages").and_then(Value::as_array).into_iter().flatten()
}

fn string<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn metadata() -> Result<Value> {
    let platform = "x86_64-unknown-linux-gnu";
    let args = ["metadata", "--format-version", "1", "--locked", "--filter-platform", platform];
    let output = cargo(&args).output().context("starting cargo metadata")?;
    serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_only_builds_or_tests_is_not_built_in() {
        let dep = |name: &str, kind: Value| json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
        let metadata = json!({
            "packages": [{"name": "app", "id": "app"}],
            "resolve": {"nodes": [
                {"id": "app", "deps": [dep("a", Value::Null), dep("b", json!("build")), dep("t", json!("dev"))]},
                {"id": "a", "deps": [dep("c", Value::Null)]},
                {"id": "b", "deps": [dep("d", Value::Null)]},
            ]},
        });
        let used: Vec<_> = used(&metadata, "app").into_iter().collect();
        assert_eq!(used, ["a", "app", "c"]);
    }
}
