//! Real engines and a real server in a world whose time, network and disks are simulated.
//!
//! ```text
//!            world: time, chance, faults, people
//!   ┌─────────────┬──────────────┴──────────────┬──────────────┐
//! device        device      … five of them    network        server
//!  engine        engine                    lines, cuts,       homing-server
//!  SQLite        SQLite                    silence            SQLite
//!  drive         drive                                        drive
//! ```
//!
//! [`run`] plays the story of a seed and says which promises were broken. The same seed is the same
//! story, line by line of its trace. What is simulated is only what the programs take from outside:
//! the engine, the server, SQLite and the libraries between them are those of the product. What is
//! not there is TLS, and threads: each machine has one.

pub mod device;
pub mod disk;
pub mod fault;
pub mod machine;
pub mod network;
pub mod person;
pub mod recount;
pub mod script;
pub mod server;
pub mod slow;
pub mod space;
pub mod time;
pub mod trace;
pub mod truth;
pub mod verdict;
pub mod world;
pub mod writing;

use std::collections::BTreeMap;

use trace::Trace;
use world::World;

/// What came of a world.
#[derive(Debug)]
pub struct Report {
    /// The promises that were broken, and how.
    pub violations: Vec<String>,
    /// Messages in the logs at the end.
    pub messages: usize,
    /// How often what went wrong.
    pub faults: BTreeMap<&'static str, u32>,
    /// How long it lasted, in the world's milliseconds.
    pub virtual_ms: u64,
    /// What happened.
    pub trace: Trace,
}

/// Plays the story of a seed.
#[must_use]
pub fn run(seed: u64) -> Report {
    if seed.is_multiple_of(slow::OF) { slow::play(seed) } else { World::new(seed).play() }
}
