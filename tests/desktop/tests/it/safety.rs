//! What the window may not do, whoever wrote what it shows.

use homing_desktop_tests::Person;
use homing_stage::Stage;
use tokio::io::AsyncReadExt as _;

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
        ("plugin:window-state|save_window_state", serde_json::json!({"flags": 1})),
        ("plugin:window-state|restore_state", serde_json::json!({"label": "main", "flags": 1})),
        ("plugin:deep-link|register", serde_json::json!({"protocol": "https"})),
        (
            "plugin:event|listen",
            serde_json::json!({"event": "x", "target": {"kind": "Any"}, "handler": 1}),
        ),
        ("plugin:webview|create_webview_window", serde_json::json!({"options": {"label": "x"}})),
        ("plugin:webview|internal_toggle_devtools", serde_json::json!({})),
        ("plugin:window|close", serde_json::json!({"label": "main"})),
        ("plugin:app|version", serde_json::json!({})),
        ("plugin:image|from_path", serde_json::json!({"path": "/etc/passwd"})),
        ("plugin:resources|close", serde_json::json!({"rid": 1})),
        ("plugin:menu|new", serde_json::json!({"kind": "Menu"})),
        ("plugin:tray|new", serde_json::json!({"options": {}})),
        ("plugin:shell|open", serde_json::json!({"path": "/bin/true"})),
        ("plugin:shell|execute", serde_json::json!({"program": "true"})),
        ("plugin:opener|open_path", serde_json::json!({"path": "/bin/true"})),
        ("plugin:fs|read_text_file", serde_json::json!({"path": "/etc/passwd"})),
        ("plugin:http|fetch", serde_json::json!({"url": "https://example.invalid/"})),
        ("nothing_of_ours", serde_json::json!({})),
    ] {
        let answer = person.page().run(ask, vec![command.into(), args]).await.unwrap();
        let answer = answer.as_str().unwrap();
        let refused = answer.contains("not allowed") || answer.contains("not found");
        assert!(refused, "{command}: {answer}");
    }
    let file = serde_json::json!({"url": "file:///etc/passwd"});
    let answer = person.page().run(ask, vec!["open_link".into(), file]).await.unwrap();
    assert!(answer.as_str().unwrap().contains("bad_command"), "{answer}");
}

/// Everything that a page might try to leave its place, and what came of it. `false` is what we want.
const BREAK_OUT: &str = r#"
const server = arguments[0];
const to = (what) => server + what;
const tried = {};
const settle = (act) => Promise.resolve().then(act).then((came) => came === true, () => false);
const attempt = async (name, act) => { tried[name] = await settle(act); };
const soon = (holds) => new Promise((done) => setTimeout(() => done(holds()), 250));
const loads = (made, to) => new Promise((done) => {
  made.onload = () => done(true);
  made.onerror = () => done(false);
  to(made);
  setTimeout(() => done(false), 1500);
});
window.ran = [];
const script = (fill) => {
  const made = document.createElement("script");
  fill(made);
  document.body.append(made);
};
return (async () => {
  await attempt("remote fetch", async () => (await fetch("https://example.invalid/")) && true);
  await attempt("local server", async () => (await fetch(to("fetch"))) && true);
  await attempt("local image", () => loads(new Image(), (it) => (it.src = to("image"))));
  await attempt("socket", () => new Promise((done) => {
    const socket = new WebSocket(to("socket").replace("http", "ws"));
    socket.onopen = () => done(true);
    socket.onerror = () => done(false);
  }));
  await attempt("beacon", async () => { navigator.sendBeacon(to("beacon"), "x"); return false; });
  await attempt("eval", () => { (0, eval)("window.ran.push(1)"); return true; });
  await attempt("function", () => { new Function("window.ran.push(2)")(); return true; });
  await attempt("timer text", () => { setTimeout("window.ran.push(3)", 0); return soon(() => window.ran.includes(3)); });
  await attempt("inline script", () => { script((it) => (it.textContent = "window.ran.push(4)")); return soon(() => window.ran.includes(4)); });
  await attempt("data script", () => loads(document.createElement("script"), (it) => { it.src = "data:text/javascript,window.ran.push(5)"; document.body.append(it); }));
  await attempt("blob script", () => loads(document.createElement("script"), (it) => { it.src = URL.createObjectURL(new Blob(["window.ran.push(6)"])); document.body.append(it); }));
  await attempt("handler", () => {
    const div = document.createElement("div");
    div.innerHTML = '<img src="x" onerror="window.ran.push(7)">';
    document.body.append(div);
    return soon(() => window.ran.includes(7));
  });
  await attempt("worker", () => { new Worker(URL.createObjectURL(new Blob(["postMessage(1)"]))).onmessage = () => window.ran.push(8); return soon(() => window.ran.includes(8)); });
  await attempt("frame", () => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.srcdoc = "<script>parent.ran.push(9)<\/script>";
    document.body.append(frame);
    soon(() => window.ran.includes(9)).then(done);
  }));
  await attempt("file", async () => (await fetch("file:///etc/passwd")).text().then((text) => text.includes("root")));
  await attempt("file image", () => loads(new Image(), (it) => (it.src = "file:///usr/share/pixmaps/debian-logo.png")));
  await attempt("asset", async () => (await fetch("asset://localhost/etc/passwd")).text().then((text) => text.includes("root")));
  await attempt("above the app", async () => (await fetch("tauri://localhost/../../../../etc/passwd")).text().then((text) => text.includes("root:")));
  await attempt("new window", () => window.open("https://example.invalid/") !== null);
  await attempt("form", () => {
    const form = document.createElement("form");
    form.action = to("form");
    document.body.append(form);
    form.submit();
    return soon(() => location.protocol !== "tauri:");
  });
  await attempt("away", () => { location.href = to("away"); return soon(() => location.protocol !== "tauri:"); });
  await attempt("away by a link", () => {
    const link = document.createElement("a");
    link.href = to("link");
    document.body.append(link);
    link.click();
    return soon(() => location.protocol !== "tauri:");
  });
  return tried;
})();
"#;

#[tokio::test]
async fn nothing_foreign_runs_or_loads_in_the_window_and_nothing_leaves_it() {
    let stage = Stage::build().await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.page().role("textbox", "Join link").await.unwrap();
    // A server that would answer, so that a request which fails was refused here.
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", server.local_addr().unwrap());
    let (came, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move {
        // A webview may open a connection before it asks whether it may use it. What must not
        // leave the window is a word.
        while let Ok((mut socket, _)) = server.accept().await {
            let mut first = [0; 64];
            let read = socket.read(&mut first).await.unwrap_or_default();
            let said = String::from_utf8_lossy(first.get(..read).unwrap_or_default()).into_owned();
            _ = came.send(said);
        }
    });
    let tried = person.page().run(BREAK_OUT, vec![address.into()]).await.unwrap();
    let tried = tried.as_object().unwrap();
    assert_eq!(tried.len(), 22, "{tried:?}");
    let through: Vec<_> = tried.iter().filter(|(_, came)| **came != false).collect();
    assert!(through.is_empty(), "{through:?}");
    while let Ok(said) = asked.try_recv() {
        assert_eq!(said, "", "a request left the window");
    }
    // It is still our page, and it works.
    person.page().role("textbox", "Join link").await.unwrap();
}
