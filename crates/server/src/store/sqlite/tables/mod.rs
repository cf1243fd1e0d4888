//! The statements, by table. Each function runs one statement, or two that belong together, and
//! decides nothing: see the [rules](crate::store::rules).

pub(super) mod devices;
pub(super) mod events;
pub(super) mod folds;
pub(super) mod invites;
pub(super) mod links;
pub(super) mod members;
pub(super) mod mentions;
pub(super) mod own;
pub(super) mod people;
pub(super) mod quotes;
pub(super) mod reactions;
pub(super) mod restores;
pub(super) mod rooms;
pub(super) mod space;
