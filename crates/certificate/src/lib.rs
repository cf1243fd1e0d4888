//! Reads the descriptive fields of a certificate: subject, issuer, validity. Pure.
//!
//! For display only: rustls decides whether a certificate is accepted. Unreadable fields are left
//! out, and no input makes it panic. The doctors of the app and of the server use it.

#![deny(missing_docs)]

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

/// Maximum characters of a name.
const MAX_NAME_CHARS: usize = 100;

/// The fields of a certificate that are shown to people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Subject: the common name, or else the organization; empty if it has none.
    pub subject: String,
    /// Issuer, named in the same way.
    pub issuer: String,
    /// Start of its validity, in seconds since 1970.
    pub not_before: Option<i64>,
    /// End of its validity, in seconds since 1970.
    pub not_after: Option<i64>,
    /// It may sign other certificates.
    pub is_authority: bool,
    /// Its issuer is its subject, as for a self-signed certificate.
    pub is_self_issued: bool,
}

impl Certificate {
    /// Reads a certificate in DER.
    #[must_use]
    pub fn read(der: &[u8]) -> Self {
        let Ok((_, read)) = X509Certificate::from_der(der) else { return Self::default() };
        Self {
            subject: name(read.subject()),
            issuer: name(read.issuer()),
            not_before: Some(read.validity().not_before.timestamp()),
            not_after: Some(read.validity().not_after.timestamp()),
            is_authority: may_sign(&read),
            is_self_issued: read.subject().as_raw() == read.issuer().as_raw(),
        }
    }

    /// The day on which it expires, such as `2026-11-20`.
    #[must_use]
    pub fn last_day(&self) -> Option<String> {
        self.not_after.and_then(day)
    }
}

fn may_sign(read: &X509Certificate<'_>) -> bool {
    // A duplicate or unreadable extension counts as absent.
    let basic = read.basic_constraints().ok().flatten();
    let usage = read.key_usage().ok().flatten();
    basic.is_some_and(|basic| basic.value.ca)
        && usage.is_none_or(|usage| usage.value.key_cert_sign())
}

fn name(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().next();
    let text = common.or_else(|| name.iter_organization().next());
    let text = text.and_then(|text| text.as_str().ok()).unwrap_or_default();
    // Foreign text: without controls and bidirectional characters.
    let shown = |c: &char| !c.is_control() && !('\u{200b}'..='\u{206f}').contains(c);
    text.chars().filter(shown).take(MAX_NAME_CHARS).collect()
}

fn day(seconds: i64) -> Option<String> {
    let at = ASN1Time::from_timestamp(seconds).ok()?.to_datetime();
    Some(format!("{:04}-{:02}-{:02}", at.year(), u8::from(at.month()), at.day()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};

    use super::*;

    fn signed(names: &[(DnType, &str)], year: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["chat.example".to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        for (kind, name) in names {
            params.distinguished_name.push(kind.clone(), *name);
        }
        params.not_after = date_time_ymd(year, 2, 28);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn whose_it_is_and_until_when() {
        let (common, organization) = (DnType::CommonName, DnType::OrganizationName);
        for (names, year, said, last) in [
            (&[(common.clone(), "chat.example")][..], 2030, "chat.example", "2030-02-28"),
            (
                &[(organization.clone(), "Some \u{202e}Authority\n")],
                2070,
                "Some Authority",
                "2070-02-28",
            ),
            (&[(organization, "Both"), (common, "chat")], 2049, "chat", "2049-02-28"),
            (&[], 2050, "", "2050-02-28"),
        ] {
            let read = Certificate::read(&signed(names, year));
            assert_eq!((read.subject.as_str(), read.issuer.as_str()), (said, said));
            assert_eq!(read.last_day().as_deref(), Some(last));
        }
    }

    #[test]
    fn only_an_authority_may_sign() {
        use rcgen::{BasicConstraints, IsCa, KeyUsagePurpose};
        let authority = || IsCa::Ca(BasicConstraints::Unconstrained);
        let signs = vec![KeyUsagePurpose::KeyCertSign];
        for (is_ca, usages, expected) in [
            (IsCa::NoCa, vec![], false),
            (IsCa::ExplicitNoCa, signs.clone(), false),
            (authority(), vec![], true),
            (authority(), signs, true),
            (authority(), vec![KeyUsagePurpose::DigitalSignature], false),
        ] {
            let mut params = CertificateParams::new(vec!["chat.example".to_owned()]).unwrap();
            (params.is_ca, params.key_usages) = (is_ca, usages);
            let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
            assert_eq!(Certificate::read(der.der()).is_authority, expected, "{params:?}");
        }
    }

    #[test]
    fn half_a_certificate_says_nothing() {
        let whole = signed(&[(DnType::CommonName, "chat.example")], 2030);
        for length in 0..whole.len() {
            assert_eq!(Certificate::read(&whole[..length]), Certificate::default(), "{length}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(at in 0_usize..500, byte: u8) {
            let mut der = signed(&[(DnType::CommonName, "chat.example")], 2030);
            let at = at % der.len();
            der[at] = byte;
            _ = Certificate::read(&der);
        }
    }
}
