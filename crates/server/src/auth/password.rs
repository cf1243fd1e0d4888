//! Password hashing: Argon2id with the parameters of RFC 9106's second recommendation (19 MiB, 2
//! passes). One hash takes tens of milliseconds, so callers run these functions on the blocking
//! pool and hold a permit.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use homing_protocol::limits::PASSWORD_CHARS;

use crate::clock::Random;

/// Bytes of a password. Longer input is refused so that it can't cost extra.
const MAX_BYTES: usize = 1024;

/// Whether a new password is long enough and not too long.
#[must_use]
pub fn is_acceptable(password: &str) -> bool {
    password.chars().count() >= PASSWORD_CHARS && password.len() <= MAX_BYTES
}

/// Hashes a password into a PHC string.
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

/// Compares a password with a stored hash. Without one it does the same work and returns false, so
/// that the time does not reveal whether the account exists.
#[must_use]
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    if password.len() > MAX_BYTES {
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
