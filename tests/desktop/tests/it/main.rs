//! What only a real desktop can show.
#![cfg(target_os = "linux")]

mod keyring;
mod links;
mod promise;
mod safety;
mod tray;
