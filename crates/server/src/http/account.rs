//! The caller's own account (name, password, devices), invitations and the space's name.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use homing_protocol::http::{
    Devices, EditMe, Invite, Invites, NewInvite, OpenInvite, RenameDevice, RenameSpace,
};
use homing_protocol::limits::SPACE_NAME_CHARS;
use homing_protocol::{DeviceId, ErrorCode, InviteId};

use super::caller::{Caller, ClientAddress};
use super::join;
use super::problem::{ApiError, Body, Path};
use crate::app::{App, Requester};
use crate::auth::name;
use crate::auth::secret::{Hash, new_code};
use crate::store;

pub(super) async fn add_invite(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Body(wanted): Body<NewInvite>,
) -> Result<Json<Invite>, ApiError> {
    let invalid = |text| ApiError::new(ErrorCode::Invalid, text);
    if wanted.uses == Some(0) || wanted.lifetime_s == Some(0) {
        return Err(invalid("nobody could use this invitation"));
    }
    let expires = match wanted.lifetime_s {
        None => None,
        Some(seconds) => i64::try_from(seconds)
            .ok()
            .and_then(|seconds| seconds.checked_mul(1000))
            .and_then(|millis| app.clock.now_ms().checked_add(millis))
            .map(Some)
            .ok_or_else(|| invalid("the lifetime is too long"))?,
    };
    let code = new_code(&*app.config.random);
    let invite = store::NewInvite {
        code: Hash::of_code(&code),
        role: wanted.role,
        by: Some(me.person),
        uses: wanted.uses,
        expires,
        founding: false,
    };
    app.store.add_invite(invite).await?;
    Ok(Json(Invite { link: app.link(code.clone()).to_string(), code, expires }))
}

pub(super) async fn invites(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
) -> Result<Json<Invites>, ApiError> {
    let kept = app.store.invites(Some(me.person)).await?;
    let invites = kept.into_iter().map(|invite| OpenInvite {
        id: invite.id,
        role: invite.role,
        by: invite.by,
        uses_left: invite.uses_left,
        expires: invite.expires,
        created: invite.created,
    });
    Ok(Json(Invites { invites: invites.collect() }))
}

pub(super) async fn withdraw_invite(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(invite): Path<InviteId>,
) -> Result<StatusCode, ApiError> {
    app.store.withdraw_invite(Some(me.person), invite).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn edit(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    ClientAddress(from): ClientAddress,
    Body(wanted): Body<EditMe>,
) -> Result<StatusCode, ApiError> {
    let name = wanted.name.as_deref().map(join::read_name).transpose()?;
    let password = match wanted.password {
        Some(password) => {
            let password = join::acceptable(password)?;
            join::confirm(&app, &me, from, wanted.current_password).await?;
            Some(join::hash(&app, Requester::Member(me.person), password).await?)
        }
        None => None,
    };
    if name.is_some() || password.is_some() {
        let only_device = Some(me.device).filter(|_| wanted.sign_out_others && password.is_some());
        let changed =
            store::AccountUpdate { name, password, only_device, ..store::AccountUpdate::default() };
        app.store.change_person(me.person, changed).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn rename_space(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Body(wanted): Body<RenameSpace>,
) -> Result<StatusCode, ApiError> {
    let name = name::read(&wanted.name, SPACE_NAME_CHARS).ok_or_else(|| {
        ApiError::new(
            ErrorCode::NameInvalid,
            format!("a space's name needs 1 to {SPACE_NAME_CHARS} visible characters"),
        )
    })?;
    app.store.rename_space(Some(me.person), name.shown).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn devices(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
) -> Result<Json<Devices>, ApiError> {
    let mut devices = app.store.devices(me.person).await?;
    for device in &mut devices {
        device.current = device.id == me.device;
    }
    Ok(Json(Devices { devices }))
}

pub(super) async fn rename_device(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(device): Path<DeviceId>,
    Body(wanted): Body<RenameDevice>,
) -> Result<StatusCode, ApiError> {
    let name = join::read_name(&wanted.name)?;
    app.store.rename_device(me.person, device, name.shown).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove_device(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(device): Path<DeviceId>,
) -> Result<StatusCode, ApiError> {
    app.store.remove_device(me.person, device).await?;
    Ok(StatusCode::NO_CONTENT)
}
