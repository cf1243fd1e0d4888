use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, date_time_ymd};

use super::*;

/// 2026-06-01.
const NOW_MS: i64 = 1_780_272_000_000;

fn certificate(name: &str, is_ca: bool, from: i32, to: i32) -> String {
    let mut params = CertificateParams::new(vec!["chat.example".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca =
        if is_ca { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::ExplicitNoCa };
    (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 2, 28));
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

fn server(host: &str) -> Address {
    Address { host: host.to_owned(), port: 4664, tls: true, fingerprint: None }
}

#[test]
fn what_is_of_no_use_says_why() {
    let good = certificate("Ours", true, 2020, 2040);
    let leaf = certificate("chat.example", false, 2020, 2040);
    let ended = certificate("Old", true, 2020, 2021);
    let later = certificate("New", true, 2030, 2040);
    let key = KeyPair::generate().unwrap().serialize_pem();
    let nothing = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    let cut = good.replace("-----END", "");
    let on = |day: &str| day.to_owned();
    for (pem, expected) in [
        (good.clone(), Ok(1)),
        (format!("Our own\n\n{good}"), Ok(1)),
        (good.replace('\n', "\r\n"), Ok(1)),
        // As a server has it in its folder: the whole chain.
        (format!("{leaf}{good}{ended}{key}"), Ok(1)),
        (String::new(), Err(CertificateAuthorityError::NotPem)),
        ("chat.example".to_owned(), Err(CertificateAuthorityError::NotPem)),
        (cut, Err(CertificateAuthorityError::NotPem)),
        (key, Err(CertificateAuthorityError::NoCertificate)),
        (nothing, Err(CertificateAuthorityError::NoCertificate)),
        (leaf, Err(CertificateAuthorityError::NotAuthority)),
        (ended, Err(CertificateAuthorityError::Ended { on: on("2021-02-28") })),
        (later, Err(CertificateAuthorityError::NotYet { on: on("2030-01-01") })),
        (good.repeat(1000), Err(CertificateAuthorityError::TooLong)),
    ] {
        let judged = validate(&pem, NOW_MS).map(|found| found.len());
        assert_eq!(judged, expected, "{}", pem.chars().take(200).collect::<String>());
    }
}

#[test]
fn what_is_kept_comes_back_and_counts_for_its_server() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = CertificateAuthorities::in_folder(folder.path());
    kept.add(&server("a.example"), &certificate("Ours", true, 2020, 2040), NOW_MS).unwrap();
    kept.add(&server("b.example"), &certificate("Theirs", true, 2020, 2027), NOW_MS).unwrap();
    let refused = kept.add(&server("a.example"), "nonsense", NOW_MS);
    assert_eq!(refused, Err(CertificateAuthorityError::NotPem), "and the one before stays");

    let mut again = CertificateAuthorities::in_folder(folder.path());
    let listed = again.list(NOW_MS);
    let shown: Vec<_> = listed.iter().map(|one| (one.server.as_str(), one.name.as_str())).collect();
    assert_eq!(shown, [("a.example:4664", "Ours"), ("b.example:4664", "Theirs")]);
    assert_eq!(listed[0].until, "2040-02-28");
    assert_eq!(listed[0].fingerprint.len(), 32 * 3 - 1, "{}", listed[0].fingerprint);
    let servers = |good: BTreeMap<String, Vec<_>>| good.into_keys().collect::<Vec<_>>();
    assert_eq!(servers(again.good(NOW_MS)), ["a.example:4664", "b.example:4664"]);
    // An expired authority is still listed, so that somebody sees the reason.
    let later = NOW_MS + 3 * 366 * 24 * 3_600_000;
    assert_eq!(servers(again.good(later)), ["a.example:4664"]);
    assert_eq!(again.list(later).iter().map(|one| one.ended).collect::<Vec<_>>(), [false, true]);

    again.remove("a.example:4664").unwrap();
    again.remove("never.example:4664").unwrap();
    assert_eq!(CertificateAuthorities::in_folder(folder.path()).list(NOW_MS).len(), 1);
}

#[test]
fn a_damaged_list_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("authorities.json"), "{\"a:1\":").unwrap();
    assert!(CertificateAuthorities::in_folder(folder.path()).list(NOW_MS).is_empty());
    assert!(folder.path().join("authorities.json.damaged").exists());
}
