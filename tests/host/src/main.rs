//! The browser host: the interface in a browser, the real bridge, engine and server behind it.
//!
//! One process is a whole small world. It runs a server in a folder of its own and as many people
//! as a test names; each has a profile, an engine and a fault proxy between the two. The page of
//! `aki` is `/?socket=ws://<address>/people/aki/socket`; under `/people/aki/` a test also takes the
//! network away, kills and restarts the program, and reads which notifications were shown. The server
//! itself can be given a new certificate.
//!
//! It listens on loopback, has no authentication, and is never part of an installed Homing.

mod control;
mod person;
mod socket;
mod world;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use axum::Router;
use axum::routing::{get, post};
use clap::Parser;
use tower_http::services::ServeDir;

/// Serves the interface to a browser, for tests.
#[derive(Debug, Parser)]
struct Arguments {
    /// The built interface.
    #[arg(long, default_value = "ui/dist")]
    ui: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the one line by which a test finds the address")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    anyhow::ensure!(
        arguments.listen.ip().is_loopback(),
        "the browser host has no authentication and listens on loopback only"
    );
    let world = world::World::start().await?;
    let router = Router::new()
        .route("/link", get(control::link))
        .route("/recertify", post(control::recertify))
        .route("/people/{name}/socket", get(socket::socket))
        .route("/people/{name}/link", get(control::link_of))
        .route("/people/{name}/offline", post(control::offline))
        .route("/people/{name}/online", post(control::online))
        .route("/people/{name}/restart", post(control::restart))
        .route("/people/{name}/notes", get(control::notes))
        .fallback_service(ServeDir::new(&arguments.ui))
        .with_state(world);
    let listener = tokio::net::TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("listening on {}", arguments.listen))?;
    println!("{}", serde_json::json!({ "url": format!("http://{}", listener.local_addr()?) }));
    axum::serve(listener, router).await?;
    Ok(())
}
