//! People: inviting, one's own account and devices.

use std::future::{Ready, ready};
use std::time::Duration;

use homing_engine::NewPassword;
use homing_protocol::{JoinLink, SignInLink};

use crate::app::App;
use crate::dto::{
    DeviceArgs, DeviceLink, DeviceList, EditMe, Invitation, InviteArgs, RenameDevice, RenameSpace,
    SignInAddress, SpaceArgs,
};
use crate::error::Failure;
use crate::qr::qr;

pub(crate) async fn invite(app: &App, args: InviteArgs) -> Result<Invitation, Failure> {
    let lifetime = args.lifetime_s.map(Duration::from_secs);
    let mut link = app.engine(args.space)?.invite(args.role, args.uses, lifetime).await?;
    app.reachable(args.space, &mut link.address);
    Ok(Invitation { link: as_passed_on(app, &link) })
}

/// The form that mail programs make clickable, where its page can be seen: a certificate that only
/// Homing was told to trust makes browsers warn.
fn as_passed_on(app: &App, link: &JoinLink) -> String {
    let server = link.address.authority();
    let only_here = app.network_access().authorities().iter().any(|one| one.server == server);
    link.web().filter(|_| !only_here).unwrap_or_else(|| link.to_string())
}

pub(crate) async fn devices(app: &App, args: SpaceArgs) -> Result<DeviceList, Failure> {
    let devices = app.engine(args.space)?.devices().await?;
    Ok(DeviceList { devices })
}

pub(crate) async fn offer_link(app: &App, args: SpaceArgs) -> Result<DeviceLink, Failure> {
    let mut offer = app.engine(args.space)?.create_device_link().await?;
    app.reachable(args.space, &mut offer.link.address);
    let lifetime_ms = u64::try_from(offer.lifetime.as_millis()).unwrap_or(u64::MAX);
    let (link, address) = (offer.link.to_string(), offer.link.address);
    Ok(DeviceLink {
        qr: qr(&link),
        link,
        lifetime_ms,
        server: address.typed(),
        code: offer.link.code,
        fingerprint: address.fingerprint.map(|one| one.to_string()),
    })
}

pub(crate) fn sign_in_address(app: &App, args: SpaceArgs) -> Ready<Result<SignInAddress, Failure>> {
    ready(app.address_of(args.space).map(|address| SignInAddress {
        fingerprint: address.fingerprint.map(|one| one.to_string()),
        link: SignInLink { address }.to_string(),
    }))
}

pub(crate) async fn withdraw_link(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.revoke_device_link().await?)
}

pub(crate) async fn rename_device(app: &App, args: RenameDevice) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.rename_device(args.device, args.name).await?)
}

pub(crate) async fn rename_space(app: &App, args: RenameSpace) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.rename_space(args.name).await?)
}

pub(crate) async fn revoke_device(app: &App, args: DeviceArgs) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.revoke_device(args.device).await?)
}

pub(crate) async fn edit_me(app: &App, args: EditMe) -> Result<(), Failure> {
    let password = args.password.map(|new| NewPassword {
        new: Some(new),
        current: args.current_password,
        sign_out_others: args.sign_out_others,
    });
    Ok(app.engine(args.space)?.edit_me(args.name, password).await?)
}
