//! A real server, people with real engines, and a test's eyes on what they are shown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use homing_bridge::event::Push;
use homing_bridge::ports::{
    self, ConnectedPeople, Desktop, DesktopNotification, Host, Hosted, NotificationKey,
};
use homing_bridge::{App, AppConfig, Failure, PushOutcome, Subscriber};
use homing_engine::clock::SystemClock;
use homing_engine::net::route::NoSystemProxy;
use homing_engine::session::profile::Profile;
use homing_engine::session::{Secret, SecretError, SecretStore};
use homing_engine::{Config, SystemEvent};
use homing_protocol::{Cid, JoinLink, Role, UserId};
use homing_secrets::{Cost, SealedFile};
use homing_server::{Running, Server, TlsMode};
use homing_testkit::proxy::Proxy;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Nothing in these tests takes long; this only ends a test that waits for what never comes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A keyring that can be told to refuse.
#[derive(Default)]
pub(crate) struct Keyring {
    secrets: Mutex<BTreeMap<String, Secret>>,
    refusal: Mutex<Option<SecretError>>,
    takes_nothing: AtomicBool,
    may_be_set_up: AtomicBool,
}

impl Keyring {
    pub(crate) fn refuse(&self, with: Option<SecretError>) {
        *self.refusal.lock().unwrap() = with;
    }

    /// What is there can be read, and what is written is refused as by a lock.
    pub(crate) fn take_nothing(&self, yes: bool) {
        self.takes_nothing.store(yes, Ordering::SeqCst);
    }

    /// Whether somebody answers the dialog in which one is created.
    pub(crate) fn may_be_set_up(&self, yes: bool) {
        self.may_be_set_up.store(yes, Ordering::SeqCst);
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.secrets.lock().unwrap().keys().cloned().collect()
    }

    /// It was there before.
    pub(crate) fn put(&self, name: &str, secret: &str) {
        self.secrets.lock().unwrap().insert(name.to_owned(), Secret::new(secret));
    }

    pub(crate) fn only_secret(&self) -> String {
        self.secrets.lock().unwrap().values().next().unwrap().reveal().to_owned()
    }

    fn answer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut BTreeMap<String, Secret>) -> T,
    ) -> BoxFuture<'static, Result<T, SecretError>> {
        let answer = match self.refusal.lock().unwrap().clone() {
            Some(refusal) => Err(refusal),
            None => Ok(work(&mut self.secrets.lock().unwrap())),
        };
        Box::pin(async { answer })
    }
}

impl SecretStore for Keyring {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        self.answer(|secrets| secrets.get(name).cloned())
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        if self.takes_nothing.load(Ordering::SeqCst) {
            return Box::pin(async { Err(SecretError::Locked) });
        }
        self.answer(|secrets| _ = secrets.insert(name.to_owned(), secret))
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        self.answer(|secrets| _ = secrets.remove(name))
    }

    fn set_up(&self) -> BoxFuture<'_, Result<(), SecretError>> {
        if !self.may_be_set_up.load(Ordering::SeqCst) {
            return Box::pin(async { Err(SecretError::NotSetUp) });
        }
        self.refuse(None);
        Box::pin(async { Ok(()) })
    }
}

/// The notifications that are there.
#[derive(Default)]
pub(crate) struct Screen {
    notes: watch::Sender<BTreeMap<NotificationKey, DesktopNotification>>,
    quits: AtomicU32,
}

impl Screen {
    pub(crate) async fn until(
        &self,
        holds: impl Fn(&[DesktopNotification]) -> bool,
    ) -> Vec<DesktopNotification> {
        let mut notes = self.notes.subscribe();
        let all = |map: &BTreeMap<NotificationKey, DesktopNotification>| {
            map.values().cloned().collect::<Vec<_>>()
        };
        let there = tokio::time::timeout(PATIENCE, notes.wait_for(|map| holds(&all(map)))).await;
        all(&there.expect("a notification in time").unwrap())
    }

    /// How often the program was asked to end.
    pub(crate) fn quits(&self) -> u32 {
        self.quits.load(Ordering::SeqCst)
    }
}

impl Desktop for Screen {
    fn show(&self, note: DesktopNotification) {
        self.notes.send_modify(|notes| _ = notes.insert(note.key, note));
    }

    fn withdraw(&self, key: NotificationKey) {
        self.notes.send_modify(|notes| _ = notes.remove(&key));
    }

    fn set_tray_state(&self, _: ports::TrayState) {}

    fn quit(&self) {
        self.quits.fetch_add(1, Ordering::SeqCst);
    }
}

/// A server inside the program.
#[derive(Default)]
pub(crate) struct Hosting(tokio::sync::Mutex<Option<Running>>);

impl Host for Hosting {
    fn start(
        &self,
        folder: PathBuf,
        name: Option<String>,
    ) -> BoxFuture<'_, Result<Hosted, Failure>> {
        Box::pin(async move {
            let mut config = homing_server::Config::new(folder);
            config.listen = ([127, 0, 0, 1], 0).into();
            config.space_name = name.unwrap();
            let clock = Arc::new(homing_server::SystemClock);
            let server = Server::start(config, clock, CancellationToken::new()).await.unwrap();
            let hosted = Hosted {
                owner_link: server.join_link.as_ref().map(ToString::to_string),
                address: server.address.authority(),
                space: server.space(),
            };
            *self.0.lock().await = Some(server);
            Ok(hosted)
        })
    }

    fn others(&self, me: Option<UserId>) -> BoxFuture<'_, Option<ConnectedPeople>> {
        Box::pin(async move {
            let server = self.0.lock().await;
            let server = server.as_ref()?;
            let people = u32::try_from(server.people_besides(me)).unwrap();
            Some(ConnectedPeople { space_name: server.space_name().await.unwrap(), people })
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            if let Some(server) = self.0.lock().await.take() {
                server.shutdown().await;
            }
        })
    }
}

/// What a listener was pushed, and how often.
#[derive(Clone, Default)]
struct Eyes {
    text: Arc<Mutex<String>>,
    pushes: Arc<watch::Sender<u64>>,
}

impl Subscriber for Eyes {
    fn push(&mut self, push: &Push) -> PushOutcome {
        self.text.lock().unwrap().push_str(&serde_json::to_string(push).unwrap());
        self.pushes.send_modify(|count| *count += 1);
        PushOutcome::Taken
    }
}

/// A snapshot, once.
struct FirstPush(Option<tokio::sync::oneshot::Sender<Value>>);

impl Subscriber for FirstPush {
    fn push(&mut self, push: &Push) -> PushOutcome {
        if let (Some(answer), Push::Snapshot { view, .. }) = (self.0.take(), push) {
            _ = answer.send(serde_json::to_value(view).unwrap());
        }
        PushOutcome::Gone
    }
}

pub(crate) struct World {
    server: Running,
    /// The link that makes the first person the owner.
    owners: Mutex<Option<JoinLink>>,
    folder: TempDir,
}

impl World {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = homing_server::Config::new(folder.path().join("server"));
        config.listen = ([127, 0, 0, 1], 0).into();
        config.tls = TlsMode::SelfSigned;
        let clock = Arc::new(homing_server::SystemClock);
        let server = Server::start(config, clock, CancellationToken::new()).await.unwrap();
        Self { owners: Mutex::new(server.join_link.clone()), server, folder }
    }

    /// A join link through the person's network.
    pub(crate) async fn link(&self, person: &Person) -> String {
        let owners = self.owners.lock().unwrap().take();
        let mut link = match owners {
            Some(link) => link,
            None => self.server.invite(Role::Member).await.unwrap(),
        };
        link.address.host = person.proxy.addr.ip().to_string();
        link.address.port = person.proxy.addr.port();
        link.to_string()
    }

    /// Somebody with the program and no space.
    pub(crate) async fn stranger(&self, name: &str) -> Person {
        self.open(name, None).await
    }

    /// Somebody whose program can host a space.
    pub(crate) async fn host(&self, name: &str) -> Person {
        self.open(name, Some(Arc::new(Hosting::default()))).await
    }

    async fn open(&self, name: &str, host: Option<Arc<dyn Host>>) -> Person {
        let proxy = Proxy::start(self.server.addr);
        Person::start(self.folder.path().join(name), proxy, host).await
    }

    /// Somebody who has joined and is up to date.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let person = self.stranger(name).await;
        let link = self.link(&person).await;
        let attempt = Cid(uuid::Uuid::now_v7());
        let join = json!({ "link": link, "name": name, "password": null, "attempt": attempt, "session_only": false });
        person.call("join", join).await.unwrap();
        person.until("online", |space| space["link"]["state"] == "up_to_date").await;
        person.until("a room", |space| !space["rooms"].as_array().unwrap().is_empty()).await;
        person
    }
}

pub(crate) struct Person {
    folder: PathBuf,
    pub(crate) proxy: Proxy,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) screen: Arc<Screen>,
    app: App,
    eyes: Eyes,
    space: Mutex<Option<Value>>,
}

impl Person {
    async fn start(folder: PathBuf, proxy: Proxy, host: Option<Arc<dyn Host>>) -> Self {
        let (keyring, screen) = (Arc::new(Keyring::default()), Arc::new(Screen::default()));
        let (app, eyes) = start_app(&folder, &keyring, &screen, host).await;
        Self { folder, proxy, keyring, screen, app, eyes, space: Mutex::default() }
    }

    pub(crate) async fn restart(&mut self) {
        self.app.shutdown().await;
        (self.app, self.eyes) = start_app(&self.folder, &self.keyring, &self.screen, None).await;
    }

    /// Stops the program, leaves its database to somebody, and starts it again.
    pub(crate) async fn restart_after(&mut self, meanwhile: impl FnOnce(&Path)) {
        self.app.shutdown().await;
        meanwhile(&self.database());
        (self.app, self.eyes) = start_app(&self.folder, &self.keyring, &self.screen, None).await;
    }

    /// The database of the person's only space.
    pub(crate) fn database(&self) -> PathBuf {
        let mut found = None;
        walk(&self.folder, &mut |file| {
            if file.ends_with("space.db") {
                found = Some(file.to_owned());
            }
        });
        found.expect("the person is in a space")
    }

    /// The folder of the person's only space.
    pub(crate) fn space_folder(&self) -> PathBuf {
        self.database().parent().unwrap().to_owned()
    }

    pub(crate) async fn call(&self, command: &str, args: Value) -> Result<Value, Failure> {
        homing_bridge::call(&self.app, command, args).await
    }

    /// The program itself, as the desktop around it has it.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Something happens to the person's machine.
    pub(crate) async fn system_event(&self, disturbance: SystemEvent) {
        self.app.system_event(disturbance).await;
    }

    /// The space's id, once `until` has seen it.
    pub(crate) fn space(&self) -> Value {
        self.space.lock().unwrap().clone().expect("the person is in a space")
    }

    async fn view(&self) -> Value {
        let (answer, view) = tokio::sync::oneshot::channel();
        self.app.listen(FirstPush(Some(answer))).await;
        view.await.unwrap()
    }

    pub(crate) async fn until_view(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut pushes = self.eyes.pushes.subscribe();
        let wait = async {
            loop {
                let view = self.view().await;
                if holds(&view) {
                    return view;
                }
                pushes.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(view) => view,
            Err(_) => panic!("{what} did not come; there is {:#}", self.view().await),
        }
    }

    /// The overview of the person's first space, as soon as it is as wanted.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let view = self.until_view(what, |view| view["spaces"].get(0).is_some_and(&holds)).await;
        *self.space.lock().unwrap() = Some(view["spaces"][0]["space"]["id"].clone());
        view["spaces"][0].clone()
    }

    pub(crate) async fn room(&self, name: &str) -> Value {
        let has = |space: &Value| {
            space["rooms"]
                .as_array()
                .and_then(|all| all.iter().find(|room| room["name"] == name).cloned())
        };
        has(&self.until(name, |space| has(space).is_some()).await).unwrap()["id"].clone()
    }

    pub(crate) async fn send(&self, room: &Value, text: &str) {
        let args = json!({ "space": self.space(), "room": room, "content": { "kind": "message", "body": { "text": text } } });
        self.call("write", args).await.unwrap();
    }

    /// The texts of a room's log, as soon as there are so many.
    pub(crate) async fn until_texts(&self, room: &Value, count: usize) -> Vec<String> {
        let mut pushes = self.eyes.pushes.subscribe();
        let args = json!({ "space": self.space(), "room": room, "part": { "from": "latest" }, "limit": 100 });
        let wait = async {
            loop {
                let timeline = self.call("timeline", args.clone()).await.unwrap();
                let texts: Vec<_> = timeline["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|item| item["place"]["at"] == "log")
                    .filter_map(|item| item["content"]["body"]["text"].as_str().map(str::to_owned))
                    .collect();
                if texts.len() >= count {
                    return texts;
                }
                pushes.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the messages in time")
    }

    /// The last examination, once it is over.
    pub(crate) async fn examined(&self) -> Value {
        let mut pushes = self.eyes.pushes.subscribe();
        let wait = async {
            loop {
                let args = json!({ "space": self.space() });
                let examination = self.call("examination", args).await.unwrap();
                if examination["running"] == false {
                    return examination;
                }
                pushes.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the Doctor ends")
    }

    /// Waits until a frame's text is no longer kept. The task that looked ends a moment after it
    /// was told to, and pushes nothing then.
    pub(crate) async fn until_gone(&self, frame: Value) {
        let wait = async {
            while !self.call("frame_text", frame.clone()).await.unwrap()["text"].is_null() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the text is forgotten");
    }

    /// Waits until something that was pushed holds a text.
    pub(crate) async fn until_pushed(&self, text: &str) {
        let mut pushes = self.eyes.pushes.subscribe();
        let pushed = pushes.wait_for(|_| self.eyes.text.lock().unwrap().contains(text));
        let pushed = tokio::time::timeout(PATIENCE, pushed).await;
        assert!(pushed.is_ok(), "{text:?} was not pushed");
    }

    pub(crate) fn everything_pushed(&self) -> String {
        self.eyes.text.lock().unwrap().clone()
    }

    /// The files of the profile in which a text stands.
    pub(crate) fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(&self.folder, &mut |file| {
            let bytes = std::fs::read(file).unwrap();
            if bytes.windows(text.len()).any(|part| part == text.as_bytes()) {
                found.push(file.to_owned());
            }
        });
        found
    }
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, visit) } else { visit(&path) }
    }
}

async fn start_app(
    folder: &Path,
    keyring: &Arc<Keyring>,
    screen: &Arc<Screen>,
    host: Option<Arc<dyn Host>>,
) -> (App, Eyes) {
    let config = AppConfig {
        profile: Profile::open(folder).unwrap(),
        profile_name: None,
        version: "0.0.0".to_owned(),
        device_name: "test".to_owned(),
        full_name: None,
        locale: None,
        secrets: keyring.clone(),
        sealed: Arc::new(SealedFile::at(&folder.join("tokens.sealed"), Cost::LEAST)),
        variable: Arc::new(|_: &str| None),
        system_proxy: Arc::new(NoSystemProxy),
        clock: Arc::new(SystemClock),
        zone: || jiff::tz::TimeZone::UTC,
        engine: Config::new("test"),
        desktop: screen.clone(),
        downloads: Some(folder.join("downloads")),
        host,
        updates: None,
    };
    let app = App::start(config).await.unwrap();
    let eyes = Eyes::default();
    app.listen(eyes.clone()).await;
    (app, eyes)
}
