//! The tray: a panel that hosts status icons, and what an application has put there.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use zbus::Proxy;
use zbus::zvariant::{OwnedValue, Value};

use crate::bus::Bus;
use crate::process::{Env, Process};
use crate::wait::eventually;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A status icon as the host knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayItem {
    /// Who has put it there, on the bus.
    pub owner: String,
    /// Its object there.
    pub path: String,
    /// What the application calls it.
    pub id: String,
    /// What a person would call it.
    pub title: String,
    /// `Active`, `Passive` or `NeedsAttention`.
    pub status: String,
    /// Name or path of the picture.
    pub icon: String,
    /// The text beside the icon, on hosts that show one.
    pub label: String,
    /// Where its menu is.
    menu: String,
}

/// A line of a status icon's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    /// Its number, for choosing it.
    pub id: i32,
    /// What it says.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    /// Whether it has a mark.
    pub checked: bool,
}

pub(crate) async fn start(bus: &Bus, home: &Path, logs: &Path, env: &Env) -> Result<Process> {
    let folder = home.join(".config/xfce4/xfconf/xfce-perchannel-xml");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("xfce4-panel.xml"), CONFIGURATION)?;
    let mut panel =
        Process::start(logs, "panel", "xfce4-panel", &["--disable-wm-check"], env, Stdio::null())?;
    bus.wait_for_name(WATCHER, &mut panel).await?;
    let watcher = watcher(bus).await?;
    eventually("the panel hosts status icons", async || {
        panel.check_alive()?;
        let hosted: bool = watcher.get_property("IsStatusNotifierHostRegistered").await?;
        Ok(hosted.then_some(()))
    })
    .await?;
    Ok(panel)
}

/// All status icons, in the order of their coming.
pub(crate) async fn items(bus: &Bus) -> Result<Vec<TrayItem>> {
    let names: Vec<String> =
        watcher(bus).await?.get_property("RegisteredStatusNotifierItems").await?;
    let mut items = Vec::with_capacity(names.len());
    for name in names {
        let (owner, path) = name.split_once('/').context("an item is owner/path")?;
        let path = format!("/{path}");
        let proxy = uncached(bus, owner, &path, ITEM).await?;
        items.push(TrayItem {
            id: text(&proxy, "Id").await,
            title: text(&proxy, "Title").await,
            status: text(&proxy, "Status").await,
            icon: text(&proxy, "IconName").await,
            label: text(&proxy, "XAyatanaLabel").await,
            menu: proxy
                .get_property::<zbus::zvariant::OwnedObjectPath>("Menu")
                .await
                .map(|path| path.to_string())
                .unwrap_or_default(),
            owner: owner.to_owned(),
            path,
        });
    }
    Ok(items)
}

/// The lines of an item's menu, from top to bottom, without separators.
pub(crate) async fn menu(bus: &Bus, item: &TrayItem) -> Result<Vec<MenuEntry>> {
    type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
    let proxy = uncached(bus, &item.owner, &item.menu, MENU).await?;
    let wanted: [&str; 0] = [];
    // The menu is laid out only when somebody is about to look at it.
    let _: bool = proxy.call("AboutToShow", &(0)).await.unwrap_or(false);
    let (_, (_, _, children)): (u32, Node) = proxy.call("GetLayout", &(0, -1, &wanted[..])).await?;
    let mut entries = Vec::new();
    for child in children {
        let (id, properties, _): Node = Node::try_from(child)?;
        let label = properties.get("label").and_then(|v| match &**v {
            Value::Str(text) => Some(text.replace('_', "")),
            _ => None,
        });
        let flag =
            |key: &str| !properties.get(key).is_some_and(|v| matches!(**v, Value::Bool(false)));
        if let Some(label) = label
            && flag("visible")
        {
            let state = properties.get("toggle-state").map(|state| &**state);
            let checked = matches!(state, Some(Value::I32(1)));
            entries.push(MenuEntry { id, label, enabled: flag("enabled"), checked });
        }
    }
    Ok(entries)
}

/// Chooses the line of an item's menu whose text contains `label`.
pub(crate) async fn choose(bus: &Bus, item: &TrayItem, label: &str) -> Result<()> {
    let entries = menu(bus, item).await?;
    let Some(entry) = entries.iter().find(|e| e.enabled && e.label.contains(label)) else {
        bail!("no line says {label:?} in the menu: {entries:?}");
    };
    let proxy = uncached(bus, &item.owner, &item.menu, MENU).await?;
    let nothing = Value::from("");
    let () = proxy.call("Event", &(entry.id, "clicked", nothing, 0u32)).await?;
    Ok(())
}

async fn watcher(bus: &Bus) -> Result<Proxy<'static>> {
    uncached(bus, WATCHER, "/StatusNotifierWatcher", WATCHER).await
}

/// A proxy that asks every time: items change without telling.
async fn uncached(bus: &Bus, owner: &str, path: &str, interface: &str) -> Result<Proxy<'static>> {
    Ok(zbus::proxy::Builder::new(&bus.connection)
        .destination(owner.to_owned())?
        .path(path.to_owned())?
        .interface(interface.to_owned())?
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
        .await?)
}

async fn text(proxy: &Proxy<'_>, name: &str) -> String {
    proxy.get_property(name).await.unwrap_or_default()
}

/// One panel along the lower edge, with a tray at its end and nothing else.
const CONFIGURATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="30"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"#;
