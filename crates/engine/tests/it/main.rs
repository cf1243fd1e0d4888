//! The engine from outside: against a scripted peer on a paused clock, and its stores.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

mod backfill;
mod bed;
mod changes;
mod connections;
mod doctor;
mod failures;
mod give_back;
mod hostile;
mod hostile_pages;
mod messages;
mod own_stream;
mod profiles;
mod recoveries;
mod routes;
mod store;
mod system_events;
mod traces;
