//! What each command does, one file an area: take the arguments apart, call the engine, answer.

pub(crate) mod app;
pub(crate) mod connection;
pub(crate) mod keeping;
pub(crate) mod messages;
pub(crate) mod network;
pub(crate) mod people;
pub(crate) mod rooms;
pub(crate) mod session;
pub(crate) mod timeline;
pub(crate) mod updates;
