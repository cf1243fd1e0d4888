//! The engine from outside: against a scripted peer on a paused clock, and its stores.

mod bed;
mod links;
mod messages;
mod profiles;
mod store;
