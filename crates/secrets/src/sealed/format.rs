//! The file of tokens behind a passphrase, as bytes.
//!
//! One line of JSON, described in `docs/keyring.md`. A random key seals the tokens, and what
//! Argon2id makes of the passphrase seals that key: so a wrong passphrase is told from a damaged
//! file, another passphrase does not seal the tokens anew, and neither the passphrase nor what was
//! made of it stays in memory. A checksum tells rot before any passphrase is asked for; it proves
//! nothing to whoever may write the file, the seals do.
//!
//! Nothing of the file is believed before it is checked: its figures for Argon2 are held to bounds,
//! because a hostile file would otherwise make this program use up the machine's memory.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead as _, Generate as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use homing_engine::session::Secret;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// What the file says that it is.
const FORMAT: &str = "homing-tokens";
/// The version that this program writes and reads.
const VERSION: u32 = 1;
/// The largest file that is read: some thousand tokens.
pub(crate) const LARGEST: u64 = 1 << 20;

const KEY: usize = 32;
const NONCE: usize = 24;
const SALT: usize = 16;

/// How much work a passphrase costs whoever guesses it, and whoever knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// What RFC 9106 recommends where memory is scarce: 64 MiB, three passes. A part of a second
    /// on a usual computer, once at the start.
    pub const USUAL: Self = Self { memory_kib: 64 * 1024, passes: 3 };
    /// The least that a file may say: it was not written by this program otherwise.
    pub const LEAST: Self = Self { memory_kib: 8 * 1024, passes: 1 };
    /// The most that a file may say.
    pub const MOST: Self = Self { memory_kib: 256 * 1024, passes: 10 };

    fn fits(self) -> bool {
        (Self::LEAST.memory_kib..=Self::MOST.memory_kib).contains(&self.memory_kib)
            && (Self::LEAST.passes..=Self::MOST.passes).contains(&self.passes)
    }
}

/// Why a file can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Damaged,
    Newer,
}

/// Why a passphrase did not open a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Wrong,
    Damaged,
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Whole<'a> {
    format: &'a str,
    version: u32,
    /// SHA-256 of the body's text, in hexadecimal.
    sum: String,
    #[serde(borrow)]
    body: &'a RawValue,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    kdf: Kdf,
    /// The key, sealed by what Argon2id makes of the passphrase.
    key: Box24,
    /// Under which names there are tokens, so that this is known before the passphrase is.
    names: Vec<String>,
    /// The tokens by name, as JSON, sealed by the key.
    tokens: Box24,
}

/// How the passphrase becomes a key.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kdf {
    name: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// Something sealed with XChaCha20-Poly1305, in base64.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Box24 {
    nonce: String,
    sealed: String,
}

/// A file that was read and not opened.
#[derive(Clone)]
pub(crate) struct Closed(Body);

/// An opened file.
#[derive(Clone)]
pub(crate) struct Opened {
    kdf: Kdf,
    sealed_key: Box24,
    key: Zeroizing<[u8; KEY]>,
    pub(crate) tokens: BTreeMap<String, Secret>,
}

impl Closed {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let head: Head = serde_json::from_slice(bytes).map_err(|_| Unreadable::Damaged)?;
        match head {
            Head { format, .. } if format != FORMAT => return Err(Unreadable::Damaged),
            Head { version: VERSION, .. } => {}
            Head { version, .. } if version > VERSION => return Err(Unreadable::Newer),
            Head { .. } => return Err(Unreadable::Damaged),
        }
        let whole: Whole<'_> = serde_json::from_slice(bytes).map_err(|_| Unreadable::Damaged)?;
        if whole.sum != sum(whole.body.get()) {
            return Err(Unreadable::Damaged);
        }
        let body: Body = serde_json::from_str(whole.body.get()).map_err(|_| Unreadable::Damaged)?;
        body.kdf.check().ok_or(Unreadable::Damaged)?;
        Ok(Self(body))
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.0.names
    }

    /// Takes as long as the file's cost says.
    pub(crate) fn open(&self, passphrase: &Secret) -> Result<Opened, Refused> {
        let Body { kdf, key: sealed_key, names, tokens } = &self.0;
        let lock = kdf.lock(passphrase).ok_or(Refused::Damaged)?;
        let key = sealed_key.open(&lock, &kdf.bound()).ok_or(Refused::Wrong)?;
        let key: &[u8; KEY] = key.as_slice().try_into().map_err(|_| Refused::Damaged)?;
        let key = Zeroizing::new(*key);
        let text = tokens.open(&key, &bound(names)).ok_or(Refused::Damaged)?;
        let tokens: BTreeMap<String, String> =
            serde_json::from_slice(&text).map_err(|_| Refused::Damaged)?;
        Ok(Opened {
            kdf: kdf.clone(),
            sealed_key: sealed_key.clone(),
            key,
            tokens: tokens.into_iter().map(|(name, token)| (name, Secret::new(token))).collect(),
        })
    }
}

impl Opened {
    /// With no token in it yet. Takes as long as the cost says. None: the cost can't be.
    pub(crate) fn fresh(passphrase: &Secret, cost: Cost) -> Option<Self> {
        let key = Zeroizing::new(<[u8; KEY]>::generate());
        let (kdf, sealed_key) = seal_key(&key, passphrase, cost)?;
        Some(Self { kdf, sealed_key, key, tokens: BTreeMap::new() })
    }

    /// The same tokens behind another passphrase.
    pub(crate) fn behind(mut self, passphrase: &Secret, cost: Cost) -> Option<Self> {
        (self.kdf, self.sealed_key) = seal_key(&self.key, passphrase, cost)?;
        Some(self)
    }

    /// What goes to the disk.
    pub(crate) fn write(&self) -> Option<String> {
        let names: Vec<String> = self.tokens.keys().cloned().collect();
        let tokens: BTreeMap<&str, &str> =
            self.tokens.iter().map(|(name, token)| (name.as_str(), token.reveal())).collect();
        // All of its room at once: a buffer that moves leaves its content behind.
        let room: usize =
            tokens.iter().map(|(name, token)| 6 * (name.len() + token.len()) + 8).sum();
        let mut text = Zeroizing::new(Vec::with_capacity(room + 8));
        serde_json::to_writer(&mut *text, &tokens).ok()?;
        let tokens = Box24::seal(&text, &self.key, &bound(&names))?;
        let (kdf, key) = (self.kdf.clone(), self.sealed_key.clone());
        let body = serde_json::to_string(&Body { kdf, key, names, tokens }).ok()?;
        let body = RawValue::from_string(body).ok()?;
        let sum = sum(body.get());
        let whole = Whole { format: FORMAT, version: VERSION, sum, body: &body };
        serde_json::to_string(&whole).ok()
    }
}

fn seal_key(key: &[u8; KEY], passphrase: &Secret, cost: Cost) -> Option<(Kdf, Box24)> {
    let kdf = Kdf {
        name: "argon2id".into(),
        memory_kib: cost.memory_kib,
        passes: cost.passes,
        lanes: 1,
        salt: BASE64.encode(<[u8; SALT]>::generate()),
    };
    let lock = kdf.lock(passphrase)?;
    let sealed = Box24::seal(key, &lock, &kdf.bound())?;
    Some((kdf, sealed))
}

impl Kdf {
    /// The salt, if everything is as it may be.
    fn check(&self) -> Option<[u8; SALT]> {
        let cost = Cost { memory_kib: self.memory_kib, passes: self.passes };
        let known = self.name == "argon2id" && self.lanes == 1 && cost.fits();
        let salt = BASE64.decode(&self.salt).ok()?.try_into().ok()?;
        known.then_some(salt)
    }

    /// What Argon2id makes of the passphrase. The same letters typed on another system may be
    /// other code points (NFC and NFD); they are the same passphrase.
    fn lock(&self, passphrase: &Secret) -> Option<Zeroizing<[u8; KEY]>> {
        let salt = self.check()?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY)).ok()?;
        let typed = passphrase.reveal();
        // Composing never makes a text longer than three times its bytes (UAX #15).
        let mut composed = Zeroizing::new(String::with_capacity(3 * typed.len()));
        composed.extend(typed.nfc());
        let mut lock = Zeroizing::new([0; KEY]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(composed.as_bytes(), &salt, &mut *lock)
            .ok()?;
        Some(lock)
    }

    /// What the sealed key is bound to: nobody exchanges these figures unnoticed.
    fn bound(&self) -> Vec<u8> {
        let Self { name, memory_kib, passes, lanes, salt } = self;
        format!("{FORMAT} {VERSION} key {name} {memory_kib} {passes} {lanes} {salt}").into_bytes()
    }
}

/// What the sealed tokens are bound to.
fn bound(names: &[String]) -> Vec<u8> {
    let mut text = format!("{FORMAT} {VERSION} tokens");
    for name in names {
        // With its length, so that no two lists look alike.
        _ = write!(text, " {}:{name}", name.len());
    }
    text.into_bytes()
}

impl Box24 {
    /// A nonce of 24 random bytes never comes twice, so any number of seals may have one key.
    fn seal(plain: &[u8], key: &[u8; KEY], bound: &[u8]) -> Option<Self> {
        let nonce = <[u8; NONCE]>::generate();
        let cipher = XChaCha20Poly1305::new(key.into());
        let sealed =
            cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: bound }).ok()?;
        Some(Self { nonce: BASE64.encode(nonce), sealed: BASE64.encode(sealed) })
    }

    fn open(&self, key: &[u8; KEY], bound: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; NONCE] = BASE64.decode(&self.nonce).ok()?.try_into().ok()?;
        let sealed = BASE64.decode(&self.sealed).ok()?;
        let cipher = XChaCha20Poly1305::new(key.into());
        let plain = cipher.decrypt(&XNonce::from(nonce), Payload { msg: &sealed, aad: bound });
        plain.ok().map(Zeroizing::new)
    }
}

fn sum(body: &str) -> String {
    Sha256::digest(body).iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const QUICK: Cost = Cost::LEAST;

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    fn written() -> String {
        let mut opened = Opened::fresh(&secret("correct horse"), QUICK).unwrap();
        opened.tokens.insert("space/device".into(), secret("token-1"));
        opened.write().unwrap()
    }

    /// The file with something in its body changed, and the checksum right again.
    fn forged(path: &str, value: Value) -> String {
        let mut whole: Value = serde_json::from_str(&written()).unwrap();
        *whole["body"].pointer_mut(path).expect("a field of the body") = value;
        let body = serde_json::to_string(&whole["body"]).unwrap();
        let body = RawValue::from_string(body).unwrap();
        let sum = sum(body.get());
        serde_json::to_string(&Whole { format: FORMAT, version: VERSION, sum, body: &body })
            .unwrap()
    }

    fn read(text: &str) -> Result<Closed, Unreadable> {
        Closed::read(text.as_bytes())
    }

    #[test]
    fn what_was_sealed_comes_back_with_the_passphrase_and_nothing_is_plain() {
        let text = written();
        assert!(!text.contains("token-1") && !text.contains("correct"), "{text}");
        let closed = read(&text).unwrap();
        assert_eq!(closed.names(), ["space/device"]);
        let opened = closed.open(&secret("correct horse")).unwrap();
        assert_eq!(opened.tokens["space/device"], secret("token-1"));
        assert_eq!(closed.open(&secret("correct hoarse")).err(), Some(Refused::Wrong));
        assert_eq!(closed.open(&secret("")).err(), Some(Refused::Wrong));
    }

    #[test]
    fn the_same_letters_are_the_same_passphrase() {
        let composed = Opened::fresh(&secret("caf\u{e9} noir"), QUICK).unwrap().write().unwrap();
        assert!(read(&composed).unwrap().open(&secret("cafe\u{301} noir")).is_ok());
    }

    #[test]
    fn two_files_of_the_same_share_nothing() {
        let [one, two] = [written(), written()].map(|text| read(&text).unwrap().0);
        assert_ne!(one.kdf.salt, two.kdf.salt);
        assert_ne!(one.key.sealed, two.key.sealed);
        assert_ne!(one.tokens.sealed, two.tokens.sealed);
    }

    #[test]
    fn another_passphrase_takes_the_place_of_the_first() {
        let opened = read(&written()).unwrap().open(&secret("correct horse")).unwrap();
        let text = opened.behind(&secret("battery staple"), QUICK).unwrap().write().unwrap();
        let closed = read(&text).unwrap();
        assert_eq!(closed.open(&secret("correct horse")).err(), Some(Refused::Wrong));
        let opened = closed.open(&secret("battery staple")).unwrap();
        assert_eq!(opened.tokens["space/device"], secret("token-1"));
    }

    #[test]
    fn a_hostile_file_gets_no_memory_and_no_time() {
        for (field, value) in [
            ("/kdf/memory_kib", json!(u32::MAX)),
            ("/kdf/memory_kib", json!(Cost::MOST.memory_kib + 1)),
            ("/kdf/memory_kib", json!(8)),
            ("/kdf/passes", json!(u32::MAX)),
            ("/kdf/passes", json!(0)),
            ("/kdf/lanes", json!(1 << 20)),
            ("/kdf/lanes", json!(0)),
            ("/kdf/name", json!("argon2d")),
            ("/kdf/salt", json!("")),
            ("/kdf/salt", json!(BASE64.encode([0; 4096]))),
            ("/kdf/salt", json!("no base64")),
        ] {
            assert_eq!(read(&forged(field, value)).err(), Some(Unreadable::Damaged), "{field}");
        }
    }

    #[test]
    fn a_forged_file_does_not_open() {
        let right = secret("correct horse");
        let open = |text: String| read(&text).unwrap().open(&right).err();
        for field in ["/kdf/salt", "/key/nonce", "/key/sealed"] {
            let other: Value = serde_json::from_str(&written()).unwrap();
            let value = other["body"].pointer(field).unwrap().clone();
            assert_eq!(open(forged(field, value)), Some(Refused::Wrong), "{field}");
        }
        for (field, value) in [
            ("/names", json!(["space/device", "another"])),
            ("/names", json!([])),
            ("/tokens/nonce", json!(BASE64.encode([0; NONCE]))),
            ("/tokens/nonce", json!("AAAA")),
            ("/tokens/sealed", json!("")),
        ] {
            assert_eq!(open(forged(field, value)), Some(Refused::Damaged), "{field}");
        }
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed_before_a_passphrase_is_asked_for() {
        let text = written();
        for length in 0..text.len() {
            assert_eq!(read(&text[..length]).err(), Some(Unreadable::Damaged), "cut at {length}");
        }
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let outcome = Closed::read(&bytes);
                assert!(outcome.is_err(), "bit {bit} of byte {at} flipped unnoticed");
            }
        }
    }

    #[test]
    fn a_file_of_a_newer_program_is_known_as_such() {
        let newer = r#"{"format":"homing-tokens","version":2,"whatever":[]}"#;
        assert_eq!(read(newer).err(), Some(Unreadable::Newer));
        let other = r#"{"format":"something","version":1}"#;
        assert_eq!(read(other).err(), Some(Unreadable::Damaged));
    }
}
