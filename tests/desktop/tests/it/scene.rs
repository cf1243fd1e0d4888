//! Somebody who writes, and somebody who has the app: what most conversations on the desktop need.

use anyhow::{Context, Result};
use homing_desktop_tests::{Device, Person, Space};
use homing_engine::NewRoomSpec;
use homing_engine::view::Overview;
use homing_protocol::{RoomKind, SpaceId, UserId};
use homing_stage::{Plan, Stage, eventually};
use homing_testkit::Proxy;
use serde_json::json;

use crate::ROOMY;

/// Mei writes, and Jonas has the app.
pub(crate) struct Scene {
    pub(crate) stage: Stage,
    pub(crate) line: Proxy,
    pub(crate) server: Space,
    pub(crate) mei: Device,
    pub(crate) jonas: Person,
    pub(crate) space: SpaceId,
    pub(crate) jonas_id: UserId,
}

const PASSWORD: &str = "a long sentence";

impl Scene {
    pub(crate) async fn set() -> Result<Self> {
        Self::on(Plan::default()).await
    }

    pub(crate) async fn on(plan: Plan) -> Result<Self> {
        let stage = Stage::with(plan).await?;
        let server = Space::start(stage.folder(), "Northlight").await?;
        let mei = Device::join(&server.owner_link()?, "Mei Lin").await?;
        let line = Proxy::start(server.address());
        let jonas = Person::open(&stage, "Jonas").await?;
        jonas.place(&stage, ROOMY).await?;
        jonas.join(&server.invite_through(&line).await?).await?;
        let there = |overview: &Overview| overview.people.iter().any(|one| one.name == "Jonas");
        let overview = mei.until("knows of Jonas", there).await?;
        let found = overview.people.iter().find(|one| one.name == "Jonas");
        let jonas_id = found.context("he was there a moment ago")?.id;
        let space = overview.space.id;
        Ok(Self { stage, line, server, mei, jonas, space, jonas_id })
    }

    /// A room with both, which the app knows of.
    pub(crate) async fn room(&self, name: &str) -> Result<()> {
        let spec = NewRoomSpec {
            attempt: None,
            kind: RoomKind::Private,
            name: name.to_owned(),
            topic: String::new(),
            members: vec![self.jonas_id],
        };
        self.mei.engine().create_room(spec).await?;
        self.jonas.page().shows(name).await
    }

    /// Another device of Jonas.
    pub(crate) async fn second_device(&self) -> Result<Device> {
        let args = json!({
            "space": self.space,
            "name": null,
            "password": PASSWORD,
            "current_password": null,
            "sign_out_others": false,
        });
        self.jonas.call("edit_me", args).await?;
        let link = self.server.invite().await?;
        Device::sign_in(&link.address, "Jonas", PASSWORD).await
    }

    /// Reads all of a room on a device.
    pub(crate) async fn read(&self, device: &Device, room: &str, text: &str) -> Result<()> {
        let has = |overview: &Overview| {
            let found = overview.rooms.iter().find(|one| one.name == room);
            found.and_then(|one| one.last.as_ref()).is_some_and(|last| last.text == text)
        };
        device.until(&format!("has {text:?}"), has).await?;
        let room = device.room(room).await?;
        Ok(device.engine().read(room.id, room.head).await?)
    }

    /// Waits until so many notifications can be seen.
    pub(crate) async fn seen(&self, count: u32) -> Result<()> {
        eventually(&format!("{count} notifications can be seen"), async || {
            Ok((self.stage.displayed()? == count).then_some(()))
        })
        .await
    }

    /// Waits until somebody wrote this last in a room.
    pub(crate) async fn arrives(&self, room: &str, text: &str) -> Result<()> {
        let has = |overview: &Overview| {
            let found = overview.rooms.iter().find(|one| one.name == room);
            found.and_then(|one| one.last.as_ref()).is_some_and(|last| last.text == text)
        };
        self.mei.until(&format!("has {text:?}"), has).await.map(|_| ())
    }

    /// Chooses from the menu of the tray, once it has such a line.
    pub(crate) async fn choose(&self, label: &str) -> Result<()> {
        eventually(&format!("{label} is chosen"), async || {
            let item = self.jonas.tray(&self.stage).await?;
            self.stage.choose_from_tray(&item, label).await.map(Some)
        })
        .await
    }

    /// Why the last message did or did not notify.
    pub(crate) async fn last_why(&self) -> Result<String> {
        let decisions = self.jonas.call("notify_decisions", json!({})).await?;
        let why = decisions.pointer("/0/why").and_then(|why| why.as_str());
        Ok(why.unwrap_or_default().to_owned())
    }
}
