//! The contract as one TypeScript file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

use crate::contract;
use crate::event::Push;

/// The text of `ui/src/generated/bridge.ts`.
#[must_use]
pub fn typescript() -> String {
    let mut file =
        File { config: Config::default(), types: BTreeMap::new(), commands: String::new() };
    file.visit::<Push>();
    file.visit::<crate::error::Failure>();
    contract::visit(&mut file);

    let mut text = String::from(
        "// Made by `cargo xtask codegen` from crates/bridge. Never edited by hand.\n",
    );
    for declaration in file.types.values() {
        let _ = write!(text, "\n{declaration}");
    }
    let _ = write!(
        text,
        "\n/** Every command: what it takes and what it answers. */\nexport interface Commands {{\n{}}}\n",
        file.commands
    );
    text
}

struct File {
    config: Config,
    types: BTreeMap<String, String>,
    commands: String,
}

impl TypeVisitor for File {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only our own types are declared by name; strings and lists are written inline.
        if T::output_path().is_some() {
            let name = T::ident(&self.config);
            if self.types.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}\n", T::decl(&self.config));
            let tidy = declaration.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
            self.types.insert(name, tidy + "\n");
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl contract::Visitor for File {
    fn command<Args: TS + 'static, Returns: TS + 'static>(&mut self, name: &str, doc: &[&str]) {
        self.visit::<Args>();
        self.visit::<Returns>();
        let (args, returns) = (Args::name(&self.config), Returns::name(&self.config));
        let doc = doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        let _ = writeln!(
            self.commands,
            "  /** {doc} */\n  {name}: {{ args: {args}; returns: {returns} }};"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_what_it_needs_is_declared() {
        let text = typescript();
        for name in contract::COMMANDS {
            assert!(text.contains(&format!("\n  {name}: {{ args: ")), "{name}");
        }
        for name in ["Push", "Failure", "Room", "Item", "ConnectionState", "AppView", "Code"] {
            assert!(text.contains(&format!("export type {name} = ")), "{name}");
        }
    }
}
