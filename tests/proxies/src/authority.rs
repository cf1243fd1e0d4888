//! An authority of a test's own, and a certificate for this machine that it signed.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls_pki_types::CertificateDer;

/// The files, and what a client trusts.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The certificate of the authority, as PEM.
    pub ca: PathBuf,
    /// The same, to be given to a client.
    pub trusted: CertificateDer<'static>,
    /// The certificate of this machine, as PEM.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Certificate and key in one file, as HAProxy wants it.
    pub both: PathBuf,
}

impl Authority {
    /// Makes one, with its files in `folder`, which programs of another user may read.
    ///
    /// # Panics
    /// When they can't be made.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Loft Internal CA");
        let own = KeyPair::generate().expect("a key");
        let ca = params.self_signed(&own).expect("a certificate of its own");
        let issuer = Issuer::new(params, own);
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut leaf = CertificateParams::new(names).expect("plain names");
        leaf.distinguished_name.push(DnType::CommonName, "localhost");
        let key = KeyPair::generate().expect("a key");
        let cert = leaf.signed_by(&key, &issuer).expect("a certificate").pem();
        let key = key.serialize_pem();
        let write = |name: &str, text: String| {
            let file = folder.join(name);
            std::fs::write(&file, text).expect("a healthy disk");
            file
        };
        Self {
            trusted: ca.der().clone(),
            ca: write("ca.pem", ca.pem()),
            both: write("both.pem", format!("{cert}{key}")),
            cert: write("cert.pem", cert),
            key: write("key.pem", key),
        }
    }
}
