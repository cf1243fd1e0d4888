//! Joining with an invitation, and signing in with a password on a further device.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use homing_protocol::http::{InviteInfo, Join, SignIn, SignedIn};
use homing_protocol::limits::{NAME_CHARS, PASSWORD_CHARS};
use homing_protocol::{DeviceId, ErrorCode, UserId};

use super::caller::ClientAddress;
use super::problem::{ApiError, Body, Path, QUEUE_FULL_RETRY};
use crate::app::{App, Requester};
use crate::auth::secret::{Hash, new_token};
use crate::auth::{name, password};
use crate::fair_queue::QueueFull;
use crate::store::{JoinRequest, NewDevice, Principal};

pub(super) async fn invite(
    State(app): State<Arc<App>>,
    ClientAddress(from): ClientAddress,
    Path(code): Path<String>,
) -> Result<Json<InviteInfo>, ApiError> {
    app.may_attempt(from).map_err(ApiError::limited)?;
    let found = app.store.invite(Hash::of_code(&code)).await;
    let seen = found.map_err(|error| count_guess(&app, from, error.into()))?;
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
) -> Result<Json<SignedIn>, ApiError> {
    app.may_attempt(from).map_err(ApiError::limited)?;
    let code = Hash::of_code(&join.code);
    let name = read_name(&join.name)?;
    let wanted = join.password.map(acceptable).transpose()?;
    // No expensive hash without a valid invitation, nor for a name that is taken. A repeated
    // attempt, whose code may be used up, needs none: the hash was stored the first time.
    let is_new = app.store.invite(code).await.is_ok()
        && app.store.credentials(name.key.clone()).await?.is_none();
    if is_new {
        app.may_join(from, code).map_err(ApiError::limited)?;
    }
    let hashed = match wanted {
        Some(password) if is_new => Some(hash(&app, Requester::at(from), password).await?),
        _ => None,
    };
    let (token, device) = new_device(&app, &join.device_name);
    let joining = JoinRequest { code, name, password: hashed, device, key: join.key };
    let joined = app.store.join(joining).await;
    let joined = joined.map_err(|error| count_guess(&app, from, error.into()))?;
    signed_in(&app, token, joined.person, joined.name, joined.device).await
}

pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    ClientAddress(from): ClientAddress,
    Body(sign_in): Body<SignIn>,
) -> Result<Json<SignedIn>, ApiError> {
    app.may_attempt(from).map_err(ApiError::limited)?;
    let known = match name::read(&sign_in.name, NAME_CHARS) {
        Some(name) => app.store.credentials(name.key).await?,
        None => None,
    };
    let stored =
        known.as_ref().filter(|known| !known.gone).and_then(|known| known.password.clone());
    let right = verified(&app, Requester::at(from), from, sign_in.password, stored).await?;
    let (true, Some(known)) = (right, known) else {
        return Err(ApiError::new(ErrorCode::BadLogin, "name or password is wrong"));
    };
    let (token, device) = new_device(&app, &sign_in.device_name);
    let device = app.store.add_device(known.person, device).await?;
    signed_in(&app, token, known.person, known.name, device).await
}

/// Changing the password needs the current one, so that an unlocked device is not enough to take
/// over an account.
pub(super) async fn confirm(
    app: &Arc<App>,
    me: &Principal,
    from: IpAddr,
    given: Option<String>,
) -> Result<(), ApiError> {
    let Some(stored) = app.store.password(me.person).await? else {
        return Ok(());
    };
    app.may_attempt(from).map_err(ApiError::limited)?;
    let given = given.unwrap_or_default();
    if verified(app, Requester::Member(me.person), from, given, Some(stored)).await? {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::BadLogin, "the current password is missing or wrong"))
}

/// Checks a password. A wrong one counts against the address.
async fn verified(
    app: &Arc<App>,
    requester: Requester,
    from: IpAddr,
    given: String,
    stored: Option<String>,
) -> Result<bool, ApiError> {
    let checked = blocking(app, requester, move |app| {
        // Checked again here, because many requests may have passed the first check before one of
        // them failed.
        app.may_attempt(from)?;
        let right = password::verify(&given, stored.as_deref());
        if !right {
            app.note_failure(from);
        }
        Ok(right)
    });
    checked.await?.map_err(ApiError::limited)
}

/// Counts a wrong code against the address, like a wrong password.
fn count_guess(app: &App, from: IpAddr, failed: ApiError) -> ApiError {
    if failed.0.code == ErrorCode::InviteInvalid {
        app.note_failure(from);
    }
    failed
}

pub(super) fn read_name(text: &str) -> Result<name::Name, ApiError> {
    name::read(text, NAME_CHARS).ok_or_else(|| {
        ApiError::new(
            ErrorCode::NameInvalid,
            format!("a name needs 1 to {NAME_CHARS} visible characters"),
        )
    })
}

/// Validates a new password.
pub(super) fn acceptable(password: String) -> Result<String, ApiError> {
    if password::is_acceptable(&password) {
        return Ok(password);
    }
    Err(ApiError::new(
        ErrorCode::PasswordTooShort,
        format!(
            "a password needs at least {PASSWORD_CHARS} characters and can have up to 1024 bytes"
        ),
    ))
}

/// Hashes a password on the blocking pool.
pub(super) async fn hash(
    app: &Arc<App>,
    requester: Requester,
    password: String,
) -> Result<String, ApiError> {
    blocking(app, requester, move |app| password::hash(&password, &*app.config.random)).await
}

async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    requester: Requester,
    work: impl FnOnce(&App) -> T + Send + 'static,
) -> Result<T, ApiError> {
    let failed = || ApiError::new(ErrorCode::Internal, "server error");
    // First the requester's own queue, then one of the permits shared by all.
    let turn = app
        .hash_queue
        .take(requester)
        .await
        .map_err(|QueueFull| ApiError::limited(QUEUE_FULL_RETRY))?;
    let permit = app.hash_permits.clone().acquire_owned().await;
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
    // A device's name is only shown to its owner, so an invalid one is replaced and not refused.
    let name = name::read(wanted, NAME_CHARS).map_or_else(|| "device".to_owned(), |n| n.shown);
    let device = NewDevice { name, token: Hash::of_token(&token), most: app.config.max_devices };
    (token, device)
}

pub(super) async fn signed_in(
    app: &App,
    token: String,
    user: UserId,
    name: String,
    device: DeviceId,
) -> Result<Json<SignedIn>, ApiError> {
    let space_name = app.store.space().await?.name;
    Ok(Json(SignedIn { token, user, name, device, space: app.space, space_name }))
}
