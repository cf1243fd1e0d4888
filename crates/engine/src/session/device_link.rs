//! Bringing a further device along: coming in by the link that another device of the same person
//! shows.

use std::time::Duration;

use homing_protocol::http::{LinkDevice, LinkInfo, SignedIn};
use homing_protocol::{Cid, DeviceLink};
use http::Method;

use super::http::HttpClient;
use super::join::{JoinError, keep};
use super::record::SpaceRecord;
use crate::net::connector::Connector;
use crate::secret::Secret;

/// A link that another device can come in by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLinkOffer {
    /// To be shown to the person, and to nobody else.
    pub link: DeviceLink,
    /// For how long it is good from now.
    pub lifetime: Duration,
}

/// As whom and into which space a link leads, to be shown before it is used.
///
/// # Errors
/// [`JoinError`]
pub async fn inspect_device_link(
    link: &DeviceLink,
    connector: &dyn Connector,
) -> Result<LinkInfo, JoinError> {
    let server = HttpClient { connector, address: &link.address, token: None };
    let info = server.call(Method::GET, &path(link), None::<&()>).await?;
    server.preflight().await?;
    Ok(info)
}

/// Signs this device in. `key` names this attempt, as for [`join`](super::join::join): after an
/// answer that got lost, the same key gives the same device.
///
/// # Errors
/// [`JoinError`]
pub async fn link_device(
    link: &DeviceLink,
    device_name: &str,
    key: Cid,
    connector: &dyn Connector,
) -> Result<(SpaceRecord, Secret), JoinError> {
    let body = LinkDevice { device_name: device_name.to_owned(), key };
    let server = HttpClient { connector, address: &link.address, token: None };
    server.preflight().await?;
    let signed: SignedIn = server.call(Method::POST, &path(link), Some(&body)).await?;
    Ok(keep(signed, link.address.clone()))
}

/// A code that was read from a link has no character that would mean something in a path.
fn path(link: &DeviceLink) -> String {
    format!("/v1/link/{}", link.code)
}
