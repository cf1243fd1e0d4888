//! Coming in: by an invitation, or by a password on a further device.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use homing_protocol::http::{InviteInfo, Join, SignIn, SignedIn};
use homing_protocol::limits::{NAME_CHARS, PASSWORD_CHARS};
use homing_protocol::{DeviceId, ErrorCode, UserId};

use super::problem::{Body, CROWDED_RETRY, Failed, Path};
use super::who::From as ClientAddress;
use crate::app::{App, Asker};
use crate::auth::secret::{Hash, new_token};
use crate::auth::{name, password};
use crate::store::{Joining, NewDevice, Standing};
use crate::turns::Crowded;

pub(super) async fn invite(
    State(app): State<Arc<App>>,
    ClientAddress(from): ClientAddress,
    Path(code): Path<String>,
) -> Result<Json<InviteInfo>, Failed> {
    app.may_try(from).map_err(Failed::limited)?;
    let found = app.store.invite(Hash::of_code(&code)).await;
    let seen = found.map_err(|error| failed(&app, from, error.into()))?;
    Ok(Json(InviteInfo {
        space: app.space,
        space_name: app.store.space().await?.name,
        invited_by: seen.invited_by,
        role: seen.role,
    }))
}

pub(super) async fn join(
    State(app): State<Arc<App>>,
    ClientAddress(from): ClientAddress,
    Body(join): Body<Join>,
) -> Result<Json<SignedIn>, Failed> {
    app.may_try(from).map_err(Failed::limited)?;
    let code = Hash::of_code(&join.code);
    let name = read_name(&join.name)?;
    let wanted = join.password.map(acceptable).transpose()?;
    // A costly hash is not done for strangers, nor for a name that somebody has. A repeated attempt,
    // whose code may be used up by now, needs none: it was stored the first time.
    let is_new = app.store.invite(code).await.is_ok()
        && app.store.credentials(name.key.clone()).await?.is_none();
    if is_new {
        app.may_join(from, code).map_err(Failed::limited)?;
    }
    let hashed = match wanted {
        Some(password) if is_new => Some(hash(&app, Asker::at(from), password).await?),
        _ => None,
    };
    let (token, device) = new_device(&app, &join.device_name);
    let joining = Joining { code, name, password: hashed, device, key: join.key };
    let joined = app.store.join(joining).await;
    let joined = joined.map_err(|error| failed(&app, from, error.into()))?;
    signed_in(&app, token, joined.person, joined.name, joined.device).await
}

pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    ClientAddress(from): ClientAddress,
    Body(sign_in): Body<SignIn>,
) -> Result<Json<SignedIn>, Failed> {
    app.may_try(from).map_err(Failed::limited)?;
    let known = match name::read(&sign_in.name, NAME_CHARS) {
        Some(name) => app.store.credentials(name.key).await?,
        None => None,
    };
    let stored =
        known.as_ref().filter(|known| !known.gone).and_then(|known| known.password.clone());
    let right = verified(&app, Asker::at(from), from, sign_in.password, stored).await?;
    let (true, Some(known)) = (right, known) else {
        return Err(Failed::new(ErrorCode::BadLogin, "name or password is wrong"));
    };
    let (token, device) = new_device(&app, &sign_in.device_name);
    let device = app.store.add_device(known.person, device).await?;
    signed_in(&app, token, known.person, known.name, device).await
}

/// A new password needs the one until now: who finds a device unlocked takes over no account.
pub(super) async fn confirm(
    app: &Arc<App>,
    me: &Standing,
    from: IpAddr,
    given: Option<String>,
) -> Result<(), Failed> {
    let Some(stored) = app.store.password(me.person).await? else {
        return Ok(());
    };
    app.may_try(from).map_err(Failed::limited)?;
    let given = given.unwrap_or_default();
    if verified(app, Asker::Member(me.person), from, given, Some(stored)).await? {
        return Ok(());
    }
    Err(Failed::new(ErrorCode::BadLogin, "the current password is missing or wrong"))
}

/// Whether a password is right. A wrong one counts against the address.
async fn verified(
    app: &Arc<App>,
    asker: Asker,
    from: IpAddr,
    given: String,
    stored: Option<String>,
) -> Result<bool, Failed> {
    let checked = blocking(app, asker, move |app| {
        // Once more, now that it is this one's turn: who asks a thousand times at once has been let
        // in a thousand times before.
        app.may_try(from)?;
        let right = password::verify(&given, stored.as_deref());
        if !right {
            app.note_failure(from);
        }
        Ok(right)
    });
    checked.await?.map_err(Failed::limited)
}

/// Guesses of a code count against the address, as wrong passwords do.
fn failed(app: &App, from: IpAddr, failed: Failed) -> Failed {
    if failed.0.code == ErrorCode::InviteInvalid {
        app.note_failure(from);
    }
    failed
}

pub(super) fn read_name(text: &str) -> Result<name::Name, Failed> {
    name::read(text, NAME_CHARS).ok_or_else(|| {
        Failed::new(
            ErrorCode::NameInvalid,
            format!("a name needs 1 to {NAME_CHARS} visible characters"),
        )
    })
}

/// A password that may be chosen.
pub(super) fn acceptable(password: String) -> Result<String, Failed> {
    if password::is_acceptable(&password) {
        return Ok(password);
    }
    Err(Failed::new(
        ErrorCode::PasswordTooShort,
        format!(
            "a password needs at least {PASSWORD_CHARS} characters and can have up to 1024 bytes"
        ),
    ))
}

/// Hashes a password off the async threads.
pub(super) async fn hash(app: &Arc<App>, asker: Asker, password: String) -> Result<String, Failed> {
    blocking(app, asker, move |app| password::hash(&password, &*app.config.random)).await
}

async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    asker: Asker,
    work: impl FnOnce(&App) -> T + Send + 'static,
) -> Result<T, Failed> {
    let failed = || Failed::new(ErrorCode::Internal, "server error");
    // First behind those of the same asker, then behind one of each of the others.
    let turn = app.hashers.take(asker).await.map_err(|Crowded| Failed::limited(CROWDED_RETRY))?;
    let permit = app.hashing.clone().acquire_owned().await;
    let permit = permit.map_err(|_| failed())?;
    let app = app.clone();
    app.metrics.hashes.fetch_add(1, Ordering::Relaxed);
    let done = tokio::task::spawn_blocking(move || {
        let result = work(&app);
        drop((permit, turn));
        result
    });
    done.await.map_err(|_| failed())
}

pub(super) fn new_device(app: &App, wanted: &str) -> (String, NewDevice) {
    let token = new_token(&*app.config.random);
    // A device's name is only shown to its owner: what can't be shown is replaced, not refused.
    let name = name::read(wanted, NAME_CHARS).map_or_else(|| "device".to_owned(), |n| n.shown);
    let device = NewDevice { name, token: Hash::of_token(&token), most: app.config.most_devices };
    (token, device)
}

pub(super) async fn signed_in(
    app: &App,
    token: String,
    user: UserId,
    name: String,
    device: DeviceId,
) -> Result<Json<SignedIn>, Failed> {
    let space_name = app.store.space().await?.name;
    Ok(Json(SignedIn { token, user, name, device, space: app.space, space_name }))
}
