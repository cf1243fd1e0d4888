//! Passwords: Argon2id with the parameters of RFC 9106's second recommendation as the crate ships
//! them (19 MiB, 2 passes). One hash takes tens of milliseconds, so callers run these functions on
//! the blocking pool, behind a permit.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use homing_protocol::limits::PASSWORD_CHARS;

use crate::clock::Random;

/// Longer than anybody types, short enough that hashing it costs nothing extra.
const MOST_BYTES: usize = 1024;

/// Whether a password may be chosen.
#[must_use]
pub fn is_acceptable(password: &str) -> bool {
    password.chars().count() >= PASSWORD_CHARS && password.len() <= MOST_BYTES
}

/// The PHC string to store.
#[must_use]
pub fn hash(password: &str, random: &dyn Random) -> String {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let salt = SaltString::encode_b64(&salt).expect("16 bytes are a valid salt");
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .expect("the default parameters are valid")
        .to_string()
}

/// Compares. Without a stored hash it does the same work and says no, so that the time taken does
/// not tell who exists.
#[must_use]
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    if password.len() > MOST_BYTES {
        return false;
    }
    let Some(parsed) = stored.and_then(|text| PasswordHash::new(text).ok()) else {
        let mut out = [0; 32];
        let _same_work =
            Argon2::default().hash_password_into(password.as_bytes(), &[0; 16], &mut out);
        return false;
    };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandom;

    #[test]
    fn the_right_one_and_only_it() {
        let stored = hash("correct horse", &SystemRandom);
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse", Some(&stored)));
        assert!(!verify("correct hors", Some(&stored)));
        assert!(!verify("correct horse", None));
        assert_ne!(stored, hash("correct horse", &SystemRandom));
    }

    #[test]
    fn eight_characters_of_any_script() {
        for (password, ok) in [("1234567", false), ("12345678", true), ("密码密码密码密码", true)]
        {
            assert_eq!(is_acceptable(password), ok, "{password}");
        }
        assert!(!is_acceptable(&"x".repeat(1025)));
    }
}
