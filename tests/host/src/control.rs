//! The control interface of a test: cutting networks, restarting programs, replacing certificates.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::person::Shown;
use crate::world::World;

type Answer<T> = Result<T, (StatusCode, String)>;

fn failed(error: impl std::fmt::Display) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

/// A join link straight to the server.
pub(crate) async fn link(State(world): State<Arc<World>>) -> Answer<String> {
    Ok(world.link().await.map_err(failed)?.to_string())
}

/// Starts the server again with a certificate that nobody knows.
pub(crate) async fn recertify(State(world): State<Arc<World>>) -> Answer<()> {
    world.recertify().await.map_err(failed)
}

/// A join link through the person's network.
pub(crate) async fn link_of(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
) -> Answer<String> {
    let person = world.person(&name).await.map_err(failed)?;
    let mut link = world.link().await.map_err(failed)?;
    link.address.host = person.proxy.addr.ip().to_string();
    link.address.port = person.proxy.addr.port();
    Ok(link.to_string())
}

/// Takes the person's network away.
pub(crate) async fn offline(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
) -> Answer<()> {
    world.person(&name).await.map_err(failed)?.proxy.offline().await;
    Ok(())
}

/// Gives it back.
pub(crate) async fn online(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
) -> Answer<()> {
    world.person(&name).await.map_err(failed)?.proxy.online().await;
    Ok(())
}

/// Ends the person's program and starts it again.
pub(crate) async fn restart(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
) -> Answer<()> {
    world.person(&name).await.map_err(failed)?.restart().await.map_err(failed)
}

/// The notifications on the person's desktop.
pub(crate) async fn notes(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
) -> Answer<Json<Vec<Shown>>> {
    Ok(Json(world.person(&name).await.map_err(failed)?.screen.notes()))
}
