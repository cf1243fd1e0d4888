//! Tokens and invitation codes. Only their SHA-256 is stored and compared.
//!
//! Both are long and random, so a fast hash is enough.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::clock::Random;

/// 32 unambiguous letters and digits: five bits each.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Characters of a code: 16 × 5 = 80 bits, too many to guess even without a rate limit.
const CODE_CHARS: usize = 16;

/// SHA-256 of a secret. The secret itself is never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Of a token from the `Authorization` header.
    #[must_use]
    pub fn of_token(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Of an invitation code as typed: case and hyphens are ignored.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        let plain: String = code
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        Self(Sha256::digest(plain.as_bytes()).into())
    }
}

/// A device token: 256 bits as base64url.
#[must_use]
pub fn new_token(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An invitation code such as `5RT9-K2QX-…`, in groups of four.
#[must_use]
pub fn new_code(random: &dyn Random) -> String {
    let mut bytes = [0; CODE_CHARS];
    random.fill(&mut bytes);
    let mut code = String::with_capacity(CODE_CHARS + CODE_CHARS / 4);
    for (place, byte) in bytes.into_iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        let letter = ALPHABET.get(usize::from(byte & 31)).copied();
        code.push(char::from(letter.expect("five bits are less than 32")));
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandom;

    #[test]
    fn a_code_is_long_plain_and_forgiving() {
        let code = new_code(&SystemRandom);
        assert_eq!(code.len(), 19);
        assert!(code.split('-').all(|group| group.len() == 4));
        let typed = code.to_lowercase().replace('-', " ");
        assert_eq!(Hash::of_code(&code), Hash::of_code(&typed));
        assert_ne!(code, new_code(&SystemRandom));
    }

    #[test]
    fn a_token_has_256_bits() {
        assert_eq!(new_token(&SystemRandom).len(), 43);
        assert_ne!(new_token(&SystemRandom), new_token(&SystemRandom));
    }
}
