//! Certificate authorities that a person trusts for one server, in addition to those of the
//! operating system: a company's own, or a private one.
//!
//! A pasted text is validated before it is saved, with a separate error for each way in which it
//! can be useless, and again each time it is read. An authority is trusted for its own server only:
//! whoever runs one space's network must not be able to vouch for other servers. The file holds no
//! secret. A damaged file is renamed.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use homing_certificate::Certificate;
use homing_protocol::link::{Address, Fingerprint};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The maximum size of a file of authorities. The bundle of an operating system has 220 KB, and is
/// not what belongs here.
const FILE_BYTES: usize = 256 * 1024;
/// Certificates that are read from one file.
const CERTIFICATES: usize = 64;
/// The number of servers with their own authorities.
const SERVERS: usize = 64;

/// Why a text contains no usable authority.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateAuthorityError {
    /// Longer than any file of authorities.
    #[error(
        "this is too long for a certificate authority; only the authority's own certificate is \
         needed"
    )]
    TooLong,
    /// It is not PEM, or is damaged.
    #[error("this isn't in PEM format, which starts with -----BEGIN CERTIFICATE-----")]
    NotPem,
    /// It is PEM of something else, such as a key.
    #[error("it contains no certificate")]
    NoCertificate,
    /// It is a server's own certificate.
    #[error("this isn't a certificate authority; it may not sign other certificates")]
    NotAuthority,
    /// It has expired.
    #[error("this certificate authority expired on {on}")]
    Ended {
        /// The day of expiry.
        on: String,
    },
    /// It is not valid yet.
    #[error("this certificate authority is valid from {on}; check this computer's clock")]
    NotYet {
        /// The first day of validity.
        on: String,
    },
    /// The file can't be written.
    #[error("can't save the list of certificate authorities: {0}")]
    NotKept(String),
    /// There are too many servers already.
    #[error("{SERVERS} servers already have their own certificate authorities; remove one")]
    TooMany,
}

/// An authority as the interface shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CertificateAuthority {
    /// The server for which it is trusted, as `host:port`.
    pub server: String,
    /// The name in its certificate.
    pub name: String,
    /// The SHA-256 of its certificate, as other tools print it.
    pub fingerprint: String,
    /// The last day of validity.
    pub until: String,
    /// It has expired and is no longer trusted.
    pub ended: bool,
}

/// Validates a text. Returns its usable authorities; at least one.
///
/// # Errors
/// [`CertificateAuthorityError`], for the certificate that comes closest to being usable.
pub fn validate(
    pem: &str,
    now_ms: i64,
) -> Result<Vec<(CertificateDer<'static>, Certificate)>, CertificateAuthorityError> {
    let now = now_ms.div_euclid(1000);
    let day = |at: Option<i64>| {
        Certificate { not_after: at, ..Certificate::default() }.last_day().unwrap_or_default()
    };
    let mut good = Vec::new();
    let mut closest = None;
    for (der, read) in authorities(pem)? {
        if read.not_before.is_some_and(|begins| begins > now) {
            closest.get_or_insert(CertificateAuthorityError::NotYet { on: day(read.not_before) });
        } else if read.not_after.is_none_or(|ends| ends < now) {
            closest.get_or_insert(CertificateAuthorityError::Ended { on: day(read.not_after) });
        } else {
            good.push((der, read));
        }
    }
    match closest {
        Some(why) if good.is_empty() => Err(why),
        _ => Ok(good),
    }
}

/// All authorities in a text, whatever their dates; at least one.
fn authorities(
    pem: &str,
) -> Result<Vec<(CertificateDer<'static>, Certificate)>, CertificateAuthorityError> {
    if pem.len() > FILE_BYTES {
        return Err(CertificateAuthorityError::TooLong);
    }
    let found: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(pem.as_bytes()).take(CERTIFICATES).collect();
    let found = found.map_err(|_| CertificateAuthorityError::NotPem)?;
    if found.is_empty() {
        let armoured = pem.contains("-----BEGIN ") && pem.contains("-----END ");
        return Err(if armoured {
            CertificateAuthorityError::NoCertificate
        } else {
            CertificateAuthorityError::NotPem
        });
    }
    let read: Vec<_> = found
        .into_iter()
        .map(|der| {
            let read = Certificate::read(&der);
            (der, read)
        })
        // What can't be parsed is not a certificate, whatever the PEM label says.
        .filter(|(_, read)| read.not_after.is_some())
        .collect();
    if read.is_empty() {
        return Err(CertificateAuthorityError::NoCertificate);
    }
    let able: Vec<_> = read.into_iter().filter(|(_, read)| read.is_authority).collect();
    if able.is_empty() { Err(CertificateAuthorityError::NotAuthority) } else { Ok(able) }
}

/// The trusted authorities of one profile, by server, in one file.
#[derive(Debug)]
pub struct CertificateAuthorities {
    path: PathBuf,
    /// `host:port` to PEM.
    held: BTreeMap<String, String>,
}

impl CertificateAuthorities {
    /// Reads the file of the profile in `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let path = folder.join("authorities.json");
        let held = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).unwrap_or_else(|error| {
                tracing::warn!(%error, "the certificate authorities are damaged and set aside");
                _ = fs::rename(&path, path.with_extension("json.damaged"));
                BTreeMap::new()
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "the certificate authorities can't be read");
                }
                BTreeMap::new()
            }
        };
        Self { path, held }
    }

    /// Trusts the authorities of a text for a server, in place of the previous ones.
    ///
    /// # Errors
    /// [`CertificateAuthorityError`]; nothing has changed then.
    pub fn add(
        &mut self,
        server: &Address,
        pem: &str,
        now_ms: i64,
    ) -> Result<(), CertificateAuthorityError> {
        validate(pem, now_ms)?;
        let server = server.authority();
        if self.held.len() >= SERVERS && !self.held.contains_key(&server) {
            return Err(CertificateAuthorityError::TooMany);
        }
        let mut held = self.held.clone();
        held.insert(server, pem.to_owned());
        self.keep(held)
    }

    /// Stops trusting the authorities of a server.
    ///
    /// # Errors
    /// [`CertificateAuthorityError::NotKept`]
    pub fn remove(&mut self, server: &str) -> Result<(), CertificateAuthorityError> {
        let mut held = self.held.clone();
        if held.remove(server).is_none() {
            return Ok(());
        }
        self.keep(held)
    }

    /// The list for the interface.
    #[must_use]
    pub fn list(&self, now_ms: i64) -> Vec<CertificateAuthority> {
        let now = now_ms.div_euclid(1000);
        let each = self.held.iter().flat_map(|(server, pem)| {
            let found = authorities(pem).unwrap_or_default();
            found.into_iter().map(move |(der, read)| CertificateAuthority {
                server: server.clone(),
                name: read.subject.clone(),
                fingerprint: in_pairs(&Fingerprint(Sha256::digest(&der).into())),
                until: read.last_day().unwrap_or_default(),
                ended: read.not_after.is_none_or(|ends| ends < now),
            })
        });
        each.collect()
    }

    /// The certificates that are valid now, by server. They are filtered here because the TLS
    /// verifier does not check the dates of an authority.
    #[must_use]
    pub fn good(&self, now_ms: i64) -> BTreeMap<String, Vec<CertificateDer<'static>>> {
        let mut good = BTreeMap::new();
        for (server, pem) in &self.held {
            match validate(pem, now_ms) {
                Ok(found) => {
                    let found = found.into_iter().map(|(der, _)| der).collect();
                    good.insert(server.clone(), found);
                }
                Err(why) => tracing::warn!("an authority is not trusted any more: {why}"),
            }
        }
        good
    }

    /// Writes the file atomically.
    fn keep(&mut self, held: BTreeMap<String, String>) -> Result<(), CertificateAuthorityError> {
        let write = || {
            let text = serde_json::to_string_pretty(&held).map_err(io::Error::other)?;
            let new = self.path.with_extension("json.new");
            let mut file = fs::File::create(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(new, &self.path)
        };
        write()
            .map_err(|error: io::Error| CertificateAuthorityError::NotKept(error.to_string()))?;
        self.held = held;
        Ok(())
    }
}

/// A fingerprint as `openssl` and browsers print it, so that people can compare it.
#[must_use]
pub fn in_pairs(fingerprint: &Fingerprint) -> String {
    let pairs: Vec<_> = fingerprint.0.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

#[cfg(test)]
mod tests;
