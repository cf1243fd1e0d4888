//! Extractors for the caller: the principal and the client's address.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use homing_protocol::ErrorCode;

use super::problem::ApiError;
use crate::app::App;
use crate::auth::secret::Hash;
use crate::store::Principal;

/// The principal of the token, including disabled accounts.
pub(super) struct Bearer(pub(super) Principal);

impl FromRequestParts<Arc<App>> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let missing = || {
            ApiError::new(
                ErrorCode::TokenMissing,
                "no token arrived; if one was sent, something on the way removed the \
                 Authorization header",
            )
        };
        let unauthorized = || {
            ApiError::new(ErrorCode::Unauthorized, "the token is invalid or revoked; sign in again")
        };
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .filter(|token| !token.is_empty())
            .ok_or_else(missing)?;
        let principal = app.store.principal(Hash::of_token(token)).await?;
        principal.map(Self).ok_or_else(unauthorized)
    }
}

/// An active member within the rate limit of calls.
pub(super) struct Caller(pub(super) Principal);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let Bearer(principal) = Bearer::from_request_parts(parts, app).await?;
        if principal.gone {
            return Err(ApiError::new(
                ErrorCode::Forbidden,
                "this account is disabled; ask the server admin",
            ));
        }
        app.may_call(principal.person).map_err(ApiError::limited)?;
        Ok(Self(principal))
    }
}

/// The client's address, through trusted proxies.
pub(super) struct ClientAddress(pub(super) IpAddr);

impl FromRequestParts<Arc<App>> for ClientAddress {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip().to_canonical());
        let Some(peer) = peer else {
            return Err(ApiError::new(ErrorCode::Internal, "server error"));
        };
        let lines = parts.headers.get_all("x-forwarded-for").iter();
        // A value that is not text names no client.
        let lines = lines.map(|line| line.to_str().unwrap_or("unknown"));
        Ok(Self(app.config.trust_forwarded.client(peer, lines)))
    }
}
