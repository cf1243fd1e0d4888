use super::*;

fn address(host: &str, tls: bool) -> Address {
    Address { host: host.to_owned(), port: 4664, tls, fingerprint: None }
}

/// The decision as one line.
fn told(network: &NetworkSettings, set: &[(&str, &str)], address: &Address) -> String {
    let variable = |name: &str| {
        set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    match decide(network, variable, address) {
        RouteDecision::Route(route) => in_words(&route),
        RouteDecision::NeedsPassword(manual) => {
            format!("{} with its password", manual_proxy(&manual, None))
        }
        RouteDecision::AskSystem => "ask the system".to_owned(),
    }
}

fn in_words(route: &Route) -> String {
    match route {
        Route::Direct(why) => format!("direct {why:?}"),
        Route::Through(proxy, by) => format!("{proxy} {by:?}"),
        Route::Unusable { named, by } => format!("unusable {named} {by:?}"),
    }
}

#[test]
fn the_environment_is_read_as_other_programs_do() {
    let (http, https, all) = (
        ("http_proxy", "http://a:1"),
        ("https_proxy", "http://b:2"),
        ("ALL_PROXY", "socks5://c:3"),
    );
    let system = NetworkSettings::default();
    for (host, tls, set, expected) in [
        ("chat.example", true, vec![], "ask the system"),
        ("chat.example", true, vec![http], "ask the system"),
        ("chat.example", false, vec![http, https], "http://a:1 Environment"),
        ("chat.example", true, vec![http, https, all], "http://b:2 Environment"),
        ("chat.example", true, vec![all], "socks5://c:3 Environment"),
        // A request to a web server can set this variable.
        ("chat.example", false, vec![("HTTP_PROXY", "http://evil:1")], "ask the system"),
        ("chat.example", true, vec![("HTTPS_PROXY", "http://d:4")], "http://d:4 Environment"),
        (
            "chat.example",
            true,
            vec![("HTTPS_PROXY", "http://upper:1"), https],
            "http://b:2 Environment",
        ),
        ("chat.example", true, vec![("HTTPS_PROXY", "")], "ask the system"),
        ("chat.example", true, vec![("HTTPS_PROXY", " "), all], "socks5://c:3 Environment"),
        ("chat.example", true, vec![("https_proxy", "proxy:1")], "http://proxy:1 Environment"),
        (
            "chat.example",
            true,
            vec![("https_proxy", "http://proxy")],
            "http://proxy:80 Environment",
        ),
        (
            "chat.example",
            true,
            vec![("all_proxy", "socks5h://proxy")],
            "socks5://proxy:1080 Environment",
        ),
        (
            "chat.example",
            true,
            vec![("https_proxy", "http://[2001:db8::1]:3128")],
            "http://[2001:db8::1]:3128 Environment",
        ),
        // A configured but invalid proxy is never bypassed, and its password is not shown.
        (
            "chat.example",
            true,
            vec![("https_proxy", "https://ada:s3cret@proxy:443/x")],
            "unusable https://proxy:443 Environment",
        ),
        (
            "chat.example",
            true,
            vec![("all_proxy", "socks4://proxy:1")],
            "unusable socks4://proxy:1 Environment",
        ),
        (
            "chat.example",
            true,
            vec![("https_proxy", "gopher://ada:s3cr@t@proxy:1")],
            "unusable gopher://proxy:1 Environment",
        ),
        ("chat.example", true, vec![https, ("NO_PROXY", "*")], "direct Excepted(Environment)"),
        (
            "chat.example",
            true,
            vec![https, ("no_proxy", "other, .Example")],
            "direct Excepted(Environment)",
        ),
        ("localhost", true, vec![https], "direct Here"),
        ("127.0.0.1", false, vec![http], "direct Here"),
        ("::1", true, vec![all], "direct Here"),
    ] {
        assert_eq!(told(&system, &set, &address(host, tls)), expected, "{host} {tls} {set:?}");
    }
}

#[test]
fn exceptions_are_names_with_all_below_them_addresses_and_networks() {
    for (list, host, expected) in [
        ("", "chat.example", false),
        (",, ,", "chat.example", false),
        ("*", "chat.example", true),
        ("other, *", "chat.example", true),
        ("chat.example", "chat.example", true),
        ("chat.example", "CHAT.Example", true),
        ("example", "chat.example", true),
        (".example", "chat.example", true),
        ("*.example", "chat.example", true),
        ("*.example", "example", true),
        ("ample", "chat.example", false),
        ("hat.example", "chat.example", false),
        ("chat.example.org", "chat.example", false),
        ("a.example;chat.example", "chat.example", true),
        ("a.example chat.example", "chat.example", true),
        ("a.example\nchat.example", "chat.example", true),
        ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.70", false),
        ("192.0.2.0/24", "192.0.2.70", true),
        ("192.0.2.0/24", "192.0.3.70", false),
        ("10.0.0.0/8", "10.example", false),
        ("2001:db8::/32", "2001:db8::5", true),
        ("2001:db8::5", "2001:db8::6", false),
    ] {
        assert_eq!(is_bypassed(list, &address(host, true)), expected, "{list:?} for {host}");
    }
}

#[test]
fn settings_count_before_everything_but_this_machine() {
    let manual = |user: &str, password_kept, bypass: &str| NetworkSettings {
        proxy: ProxyMode::Manual,
        manual: ManualProxy {
            kind: ProxyKind::Socks5,
            host: "mine".to_owned(),
            port: 9,
            user: user.to_owned(),
            password_kept,
            bypass: bypass.to_owned(),
        },
    };
    let off = NetworkSettings { proxy: ProxyMode::None, ..manual("", false, "") };
    let environment = [("https_proxy", "http://b:2")];
    for (network, host, expected) in [
        (manual("", false, ""), "chat.example", "socks5://mine:9 Settings"),
        // No password is stored.
        (manual("", true, ""), "chat.example", "socks5://mine:9 Settings"),
        (manual("ada", false, ""), "chat.example", "socks5://mine:9 Settings"),
        (manual("ada", true, ""), "chat.example", "socks5://mine:9 with its password"),
        (manual("ada", true, "example"), "chat.example", "direct Excepted(Settings)"),
        (manual("", false, ""), "localhost", "direct Here"),
        (off, "chat.example", "direct TurnedOff"),
    ] {
        assert_eq!(told(&network, &environment, &address(host, true)), expected, "{network:?}");
    }
}

#[test]
fn the_systems_answer_is_read() {
    for (answer, expected) in [
        (None, "direct Nothing"),
        (Some(""), "direct Nothing"),
        (Some("http://proxy:3128"), "http://proxy:3128 System"),
        (Some("socks5://proxy:1080/"), "socks5://proxy:1080 System"),
        (Some("gopher://proxy:70"), "unusable gopher://proxy:70 System"),
    ] {
        assert_eq!(in_words(&from_system(answer.map(str::to_owned))), expected, "{answer:?}");
    }
}

#[test]
fn name_and_password_are_read_and_never_shown() {
    for (text, user, password) in [
        ("http://ada:s3cret@proxy:3128", "ada", "s3cret"),
        ("http://ada:p%40ss%3Aword@proxy:3128", "ada", "p@ss:word"),
        ("http://ada:p@ss@proxy:3128", "ada", "p@ss"),
        ("ada:s3cret@proxy:3128", "ada", "s3cret"),
        ("socks5://ada:s3cret@proxy:1080", "ada", "s3cret"),
        ("socks5h://%E4%BD%A0:s3cret@proxy", "你", "s3cret"),
        ("http://ada@proxy:3128", "ada", ""),
    ] {
        let proxy = parse(text).unwrap();
        let login = proxy.login.clone().unwrap();
        assert_eq!((login.user.as_str(), login.password.reveal()), (user, password), "{text}");
        assert!(!format!("{proxy} {proxy:?}").contains("s3cret"), "{proxy:?}");
    }
}
