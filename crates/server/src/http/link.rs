//! Device links: a code that one device shows and another signs in with.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use homing_protocol::ErrorCode;
use homing_protocol::http::{LinkCode, LinkDevice, LinkInfo, SignedIn};
use homing_protocol::limits::LINK_LIFETIME_MS;

use super::caller::{Caller, ClientAddress};
use super::join::{new_device, signed_in};
use super::problem::{ApiError, Body, Path};
use crate::app::App;
use crate::auth::secret::{Hash, new_code};
use crate::store::LinkSignIn;

pub(super) async fn offer(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
) -> Result<Json<LinkCode>, ApiError> {
    let code = new_code(&*app.config.random);
    let lifetime = i64::try_from(LINK_LIFETIME_MS).unwrap_or(i64::MAX);
    let expires = app.clock.now_ms().saturating_add(lifetime);
    app.store.offer_link(me.device, Hash::of_code(&code), expires).await?;
    Ok(Json(LinkCode { code, lifetime_ms: LINK_LIFETIME_MS }))
}

pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
) -> Result<StatusCode, ApiError> {
    app.store.withdraw_link(me.device).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn preview(
    State(app): State<Arc<App>>,
    ClientAddress(from): ClientAddress,
    Path(code): Path<String>,
) -> Result<Json<LinkInfo>, ApiError> {
    app.may_attempt(from).map_err(ApiError::limited)?;
    let found = app.store.find_link(Hash::of_code(&code)).await;
    let seen = found.map_err(|error| count_guess(&app, from, error.into()))?;
    Ok(Json(LinkInfo {
        space: app.space,
        space_name: app.store.space().await?.name,
        user: seen.person,
        name: seen.name,
        linked_by: seen.device_name,
    }))
}

pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    ClientAddress(from): ClientAddress,
    Path(code): Path<String>,
    Body(wanted): Body<LinkDevice>,
) -> Result<Json<SignedIn>, ApiError> {
    app.may_attempt(from).map_err(ApiError::limited)?;
    let (token, device) = new_device(&app, &wanted.device_name);
    let linking = LinkSignIn { code: Hash::of_code(&code), device, key: wanted.key };
    let linked = app.store.link(linking).await;
    let linked = linked.map_err(|error| count_guess(&app, from, error.into()))?;
    signed_in(&app, token, linked.person, linked.name, linked.device).await
}

/// Counts a wrong code against the address, like a wrong password.
fn count_guess(app: &App, from: IpAddr, failed: ApiError) -> ApiError {
    if failed.0.code == ErrorCode::LinkInvalid {
        app.note_failure(from);
    }
    failed
}
