//! People: inviting, one's own account and devices.

use std::time::Duration;

use crate::app::App;
use crate::dto::{DeviceArgs, DeviceList, EditMe, Invitation, InviteArgs, SpaceArgs};
use crate::error::Failure;

pub(crate) async fn invite(app: &App, args: InviteArgs) -> Result<Invitation, Failure> {
    let lifetime = args.lifetime_s.map(Duration::from_secs);
    let mut link = app.engine(args.space)?.invite(args.role, args.uses, lifetime).await?;
    // Whoever hosts the space knows its server as this computer; others need its address.
    if let Some((host, port)) = app.hosted_at(args.space) {
        link.address.host = host;
        link.address.port = port;
    }
    Ok(Invitation { link: link.to_string() })
}

pub(crate) async fn devices(app: &App, args: SpaceArgs) -> Result<DeviceList, Failure> {
    let devices = app.engine(args.space)?.devices().await?;
    Ok(DeviceList { devices })
}

pub(crate) async fn revoke_device(app: &App, args: DeviceArgs) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.revoke_device(args.device).await?)
}

pub(crate) async fn edit_me(app: &App, args: EditMe) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.edit_me(args.name, args.password).await?)
}
