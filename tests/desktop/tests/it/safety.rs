//! What the window may not do, whoever wrote what it shows.

use homing_desktop_tests::Person;
use homing_stage::Stage;

#[tokio::test]
async fn the_window_may_call_our_commands_and_nothing_of_the_system() {
    let stage = Stage::build().await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.page().role("textbox", "Join link").await.unwrap();
    let ask = r#"
        return window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])
            .then(() => "allowed", (error) => JSON.stringify(error));
    "#;
    let ours = serde_json::json!({"command": "notify_decisions", "args": {}});
    let answer = person.page().run(ask, vec!["call".into(), ours]).await.unwrap();
    assert_eq!(answer, "allowed");
    for (command, args) in [
        ("plugin:event|emit", serde_json::json!({"event": "x"})),
        ("plugin:window|create", serde_json::json!({})),
        ("plugin:path|resolve_directory", serde_json::json!({"directory": 1})),
        ("plugin:deep-link|get_current", serde_json::json!({})),
        ("plugin:window-state|filename", serde_json::json!({})),
    ] {
        let answer = person.page().run(ask, vec![command.into(), args]).await.unwrap();
        let answer = answer.as_str().unwrap();
        assert!(answer.contains("not allowed"), "{command}: {answer}");
    }
    let file = serde_json::json!({"url": "file:///etc/passwd"});
    let answer = person.page().run(ask, vec!["open_link".into(), file]).await.unwrap();
    assert!(answer.as_str().unwrap().contains("bad_command"), "{answer}");
}

#[tokio::test]
async fn nothing_foreign_runs_or_loads_in_the_window() {
    let stage = Stage::build().await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.page().role("textbox", "Join link").await.unwrap();
    let tried = person
        .page()
        .run(
            r#"
            const broken = [];
            document.addEventListener("securitypolicyviolation", (e) => broken.push(e.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            const picture = document.createElement("img");
            picture.src = "https://example.invalid/a.png";
            document.body.append(picture);
            const frame = document.createElement("iframe");
            frame.src = "https://example.invalid/";
            document.body.append(frame);
            return fetch("https://example.invalid/").then(() => "loaded", () => "refused")
                .then((fetched) => new Promise((done) => setTimeout(done, 200, fetched)))
                .then((fetched) => ({ ran: window.ran === true, fetched, broken: [...new Set(broken)].sort() }));
            "#,
            vec![],
        )
        .await
        .unwrap();
    let expected = serde_json::json!({
        "ran": false,
        "fetched": "refused",
        "broken": ["connect-src", "frame-src", "img-src", "script-src-elem"],
    });
    assert_eq!(tried, expected);
}
