//! Adding a device of the same person by a link that another device shows.

use std::time::Duration;

use homing_protocol::http::{LinkDevice, LinkInfo, SignedIn};
use homing_protocol::{Cid, DeviceLink};
use http::Method;

use super::http::HttpClient;
use super::join::{JoinError, keep};
use super::record::SpaceRecord;
use crate::net::connector::Connector;
use crate::secret::Secret;

/// A link by which another device can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLinkOffer {
    /// For this person only.
    pub link: DeviceLink,
    /// How long it is valid from now.
    pub lifetime: Duration,
}

/// The account and the space of a link, to be shown before it is used.
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

/// Signs this device in. `key` identifies this attempt, as in [`join`](super::join::join): when the
/// response was lost, a repetition with the same key returns the same device.
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

/// The code was parsed from a link, so it has no character with a meaning in a path.
fn path(link: &DeviceLink) -> String {
    format!("/v1/link/{}", link.code)
}
