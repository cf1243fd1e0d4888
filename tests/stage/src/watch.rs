//! What passes over the session bus, seen from beside it, with the moment at which it passed.

use anyhow::{Context, Result};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use zbus::fdo::MonitoringProxy;
use zbus::zvariant::Type;
use zbus::{Connection, MatchRule, Message, MessageStream};

use crate::bus::Bus;
use crate::wait::PATIENCE;

/// A look at one kind of call or signal.
pub struct Watch {
    messages: MessageStream,
    member: String,
}

/// One that passed.
pub struct Passed {
    /// When it was seen.
    pub at: Instant,
    message: Message,
}

impl Passed {
    /// The object that it was sent to, or that sent it.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        self.message.header().path().map(ToString::to_string)
    }

    /// What it carries.
    ///
    /// # Errors
    /// When that is of another type.
    pub fn carries<T: DeserializeOwned + Type>(&self) -> Result<T> {
        let body = self.message.body();
        Ok(body.deserialize::<T>()?)
    }
}

pub(crate) async fn watch(bus: &Bus, interface: &str, member: &str) -> Result<Watch> {
    let rule = MatchRule::builder().interface(interface.to_owned())?.member(member.to_owned())?;
    // A monitor may do nothing else, so it has a connection of its own.
    let connection: Connection =
        zbus::connection::Builder::address(bus.address.as_str())?.build().await?;
    MonitoringProxy::new(&connection).await?.become_monitor(&[rule.build()], 0).await?;
    Ok(Watch { messages: MessageStream::from(connection), member: member.to_owned() })
}

impl Watch {
    /// The next one that passes.
    ///
    /// # Errors
    /// When none comes.
    pub async fn next(&mut self) -> Result<Passed> {
        let wanted = async {
            loop {
                let message = self.messages.next().await.context("the bus is gone")??;
                // The bus tells a monitor of its own name as well.
                let at = Instant::now();
                if message.header().member().is_some_and(|member| *member == self.member.as_str()) {
                    return Ok(Passed { at, message });
                }
            }
        };
        let waited = tokio::time::timeout(PATIENCE, wanted).await;
        waited.with_context(|| format!("no {} passed over the bus", self.member))?
    }
}
