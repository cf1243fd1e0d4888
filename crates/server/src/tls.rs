//! The server's certificate: self-signed, created once and kept, or from given files.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use homing_protocol::link::{Address, Fingerprint};
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};

use crate::config::TlsMode;
use crate::files;

/// File name of the certificate in the data folder.
pub const CERT: &str = "tls-cert.pem";
/// File name of its private key.
pub const KEY: &str = "tls-key.pem";

/// Why TLS can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read or written.
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    /// A file has no certificate or key.
    #[error("{path} has no {what} in PEM format")]
    Empty {
        path: PathBuf,
        /// What is missing: certificate or private key.
        what: &'static str,
    },
    /// Certificate and key don't match, or are of an unsupported kind.
    #[error("can't use the certificate and key: {0}")]
    Unusable(#[from] rustls::Error),
    /// Creating a certificate failed.
    #[error("can't create a certificate: {0}")]
    Making(#[from] rcgen::Error),
}

/// TLS for the listener, and the fingerprint for join links.
pub struct Tls {
    pub config: Arc<ServerConfig>,
    /// Of the self-signed certificate. None for given files: they are renewed, and the clients'
    /// systems trust them.
    pub fingerprint: Option<Fingerprint>,
}

/// Reads or creates the certificate. None: TLS is off.
///
/// # Errors
/// [`TlsError`].
pub fn prepare(mode: &TlsMode, data: &Path, address: &Address) -> Result<Option<Tls>, TlsError> {
    let (cert, key, own) = match mode {
        TlsMode::Off => return Ok(None),
        TlsMode::Files { cert, key } => (cert.clone(), key.clone(), false),
        TlsMode::SelfSigned => {
            let (cert, key) = (data.join(CERT), data.join(KEY));
            // The key is written first, so a certificate without a key means that the key was lost.
            // A new pair would break every join link, so only the host may decide that.
            if !cert.exists() {
                make(&cert, &key, address)?;
            }
            (cert, key, true)
        }
    };
    let (chain, config) = read(&cert, &key)?;
    let fingerprint = chain.first().map(fingerprint).filter(|_| own);
    Ok(Some(Tls { config: Arc::new(config), fingerprint }))
}

/// Reads a certificate and its key.
pub(crate) fn read(
    cert: &Path,
    key: &Path,
) -> Result<(Vec<CertificateDer<'static>>, ServerConfig), TlsError> {
    let chain = read_chain(cert)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain.clone(), key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((chain, config))
}

/// The certificates of a PEM file.
///
/// # Errors
/// [`TlsError::File`] or [`TlsError::Empty`].
pub fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(|error| unreadable(path, error))?
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(path, error))?;
    if chain.is_empty() {
        return Err(TlsError::Empty { path: path.into(), what: "certificate" });
    }
    Ok(chain)
}

/// SHA-256 of the DER form.
#[must_use]
pub fn fingerprint(certificate: &CertificateDer<'_>) -> Fingerprint {
    Fingerprint(Sha256::digest(certificate.as_ref()).into())
}

fn unreadable(path: &Path, error: rustls::pki_types::pem::Error) -> TlsError {
    use rustls::pki_types::pem::Error;
    let path = path.to_owned();
    match error {
        Error::Io(source) => TlsError::File { path, source },
        Error::NoItemsFound => TlsError::Empty { path, what: "certificate or private key" },
        other => TlsError::File {
            path,
            source: io::Error::new(io::ErrorKind::InvalidData, format!("{other:?}")),
        },
    }
}

/// Clients pin the fingerprint, so the names only matter to browsers at `/join`. It is valid for
/// long, because renewing it would break every join link.
fn make(cert: &Path, key: &Path, address: &Address) -> Result<(), TlsError> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    if !names.contains(&address.host) {
        names.push(address.host.clone());
    }
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Homing space");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2120, 1, 1);
    let pair = KeyPair::generate()?;
    let made = params.self_signed(&pair)?;
    write_private(key, pair.serialize_pem().as_bytes())?;
    write_private(cert, made.pem().as_bytes())
}

/// Writes a temporary file and renames it, so that a crash leaves a complete file or none. Only the
/// owner can read it.
fn write_private(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    let beside = path.with_extension("new");
    let write = || {
        // Left by an interrupted attempt.
        let _absent = fs::remove_file(&beside);
        files::create(&beside)?.write_all(bytes)?;
        files::persist_as(&beside, path)
    };
    write().map_err(|source| TlsError::File { path: path.into(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address { host: "chat.example".into(), port: 1, tls: true, fingerprint: None }
    }

    #[test]
    fn made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let made = prepare(&TlsMode::SelfSigned, folder.path(), &address()).unwrap();
        let again = prepare(&TlsMode::SelfSigned, folder.path(), &address()).unwrap();
        let fingerprint = made.unwrap().fingerprint.unwrap();
        assert_eq!(again.unwrap().fingerprint, Some(fingerprint));
        fs::rename(folder.path().join(KEY), folder.path().join("away")).unwrap();
        let lost = prepare(&TlsMode::SelfSigned, folder.path(), &address()).err().unwrap();
        assert!(lost.to_string().contains(KEY), "{lost}");
        fs::rename(folder.path().join("away"), folder.path().join(KEY)).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join(KEY)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn given_files_are_used_without_a_fingerprint_and_bad_ones_named() {
        let folder = tempfile::tempdir().unwrap();
        prepare(&TlsMode::SelfSigned, folder.path(), &address()).unwrap();
        let files = |cert: &str, key: &str| TlsMode::Files {
            cert: folder.path().join(cert),
            key: folder.path().join(key),
        };
        let given = prepare(&files(CERT, KEY), folder.path(), &address()).unwrap();
        assert_eq!(given.unwrap().fingerprint, None);
        let absent = prepare(&files("no.pem", KEY), folder.path(), &address()).err().unwrap();
        assert!(absent.to_string().contains("no.pem"), "{absent}");
        fs::write(folder.path().join("empty.pem"), "").unwrap();
        let empty = prepare(&files("empty.pem", KEY), folder.path(), &address());
        assert!(matches!(empty, Err(TlsError::Empty { .. })));
    }
}
