//! What only a real desktop can show.
#![cfg(target_os = "linux")]

mod devices;
mod keyring;
mod keyring_states;
mod links;
mod notifications;
mod passphrase;
mod promise;
mod safety;
mod spaces;
mod tools;
mod tray;
mod window;
