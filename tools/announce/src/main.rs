//! Writes the announcement of a version: what is new, what to fetch, signed.
//!
//! The key comes from the environment and never from an argument, which others on the machine could
//! read. What is written is read back with the public half before anybody else sees it.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the release workflow"
)]

mod notes;
mod packages;

use std::io::Cursor;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, ValueEnum};
use homing_updates::{Announced, Channel, Key, Notes, Version, announce};
use minisign::{PublicKey, SecretKey, SecretKeyBox};

/// Writes the signed announcement of a version.
#[derive(Debug, Parser)]
struct Arguments {
    /// For whom
    #[arg(long, value_enum)]
    channel: Whom,
    /// Which version
    #[arg(long)]
    version: Version,
    /// The folder with what was built
    #[arg(long)]
    files: PathBuf,
    /// Where that will be fetched from; a file's name follows
    #[arg(long)]
    base: String,
    /// Where a person reads about it
    #[arg(long)]
    page: String,
    /// The change log with what is new
    #[arg(long)]
    changes: PathBuf,
    /// The same in Chinese
    #[arg(long)]
    changes_zh: Option<PathBuf>,
    /// Where to write it
    #[arg(long)]
    out: PathBuf,
    /// The secret key, as minisign writes it
    #[arg(long, env = "HOMING_UPDATE_SECRET_KEY", hide_env_values = true, hide = true)]
    secret_key: String,
    /// Its password; none for a key without one
    #[arg(long, env = "HOMING_UPDATE_PASSWORD", hide_env_values = true, hide = true)]
    password: Option<String>,
    /// The public key that programs have; what was signed must satisfy it
    #[arg(long, env = "HOMING_UPDATE_KEY")]
    public_key: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Whom {
    Stable,
    Beta,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let version = &arguments.version;
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
    };
    let notes = Notes {
        en: notes::of(&read(&arguments.changes)?, version)?,
        zh: match &arguments.changes_zh {
            Some(path) => notes::of(&read(path)?, version)?,
            None => String::new(),
        },
    };
    let channel = match arguments.channel {
        Whom::Stable => Channel::Stable,
        Whom::Beta => Channel::Beta,
    };
    ensure!(
        channel == Channel::Beta || version.pre.is_empty(),
        "{version} is not for everybody: announce it as beta"
    );
    let packages = packages::found(&arguments.files, &arguments.base)?;
    let page = arguments.page.clone();
    let announced = Announced { channel, version: version.clone(), notes, page, packages };
    let text = signed(
        &announced,
        &secret(&arguments.secret_key, arguments.password.clone())?,
        &arguments.public_key,
    )?;
    std::fs::write(&arguments.out, text)
        .with_context(|| format!("writing {}", arguments.out.display()))?;
    let machines: Vec<_> = announced.packages.keys().map(String::as_str).collect();
    println!("announced {version} to {} for {}", channel.name(), machines.join(", "));
    Ok(())
}

fn secret(text: &str, password: Option<String>) -> Result<SecretKey> {
    let key = SecretKeyBox::from_string(text.trim()).context("the secret key is damaged")?;
    let password = password.filter(|password| !password.is_empty());
    match password {
        Some(password) => key.into_secret_key(Some(password)),
        None => key.into_unencrypted_secret_key(),
    }
    .context("the secret key can't be opened")
}

fn signed(announced: &Announced, key: &SecretKey, public: &str) -> Result<String> {
    let pair = PublicKey::from_secret_key(key)?;
    let text = announce(announced, |text| {
        let text = Cursor::new(text.as_bytes());
        minisign::sign(Some(&pair), key, text, None, None).map(|signed| signed.to_string())
    })?;
    let opened = Key::read(public)?.open(text.as_bytes(), announced.channel);
    let opened = opened.context("the secret and the public key do not belong together")?;
    ensure!(opened == *announced, "what was signed reads differently");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minisign::KeyPair;
    use std::collections::BTreeMap;

    fn announced() -> Announced {
        Announced {
            channel: Channel::Beta,
            version: Version::new(1, 2, 3),
            notes: Notes::default(),
            page: String::new(),
            packages: BTreeMap::new(),
        }
    }

    #[test]
    fn what_is_signed_satisfies_the_programs_in_the_field() {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let text = signed(&announced(), &pair.sk, &pair.pk.to_base64()).unwrap();
        let key = Key::read(&pair.pk.to_base64()).unwrap();
        assert_eq!(key.open(text.as_bytes(), Channel::Beta).unwrap(), announced());
    }

    #[test]
    fn a_key_that_no_program_knows_signs_nothing() {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let other = KeyPair::generate_unencrypted_keypair().unwrap();
        let refused = signed(&announced(), &pair.sk, &other.pk.to_base64()).unwrap_err();
        assert!(refused.to_string().contains("do not belong together"), "{refused}");
    }

    #[test]
    fn a_key_is_read_as_minisign_writes_it() {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let text = pair.sk.to_box(None).unwrap().into_string();
        assert!(secret(&text, None).is_ok());
        assert!(secret(&text, Some(String::new())).is_ok());
        assert!(secret("no key", None).is_err());
    }
}
