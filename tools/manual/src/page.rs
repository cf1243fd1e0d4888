//! One man page.

use anyhow::Result;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

/// The page of a command whose full name is `name`.
pub(crate) fn render(command: &Command, name: &str) -> Result<Vec<u8>> {
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        .source("Homing")
        .manual("Homing manual");
    let mut title = Vec::new();
    man.render_title(&mut title)?;
    // There is no date, which has to be said: without quotes the next word would be taken for it.
    let mut page = String::from_utf8(title)?.replacen(" 1  ", " 1 \"\" ", 1).into_bytes();
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.get_subcommands().any(|below| !below.is_hide_set()) {
        man.render_subcommands_section(&mut page)?;
    }
    // A text after the help is a table in its own lines, which a page would run together.
    if let Some(text) = command.get_after_long_help().or_else(|| command.get_after_help()) {
        let mut more = Roff::new();
        more.control("SH", ["NOTES"]);
        more.control("nf", []);
        for line in text.to_string().lines() {
            more.text([roman(line)]);
        }
        more.control("fi", []);
        more.to_writer(&mut page)?;
    }
    Ok(page)
}
