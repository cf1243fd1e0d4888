//! Real engines against real servers: what the tests of this folder share.
//!
//! [`person`] is an engine with somebody who writes, and keeps the record from which
//! [`homing_testkit::history`] says whether the promises were kept, see [`record`]; [`fuse`] is the
//! disk under it, which can stop the world at a commit; [`process`] is a server that can be killed,
//! [`nginx`] what stands before it, [`proxies`] what stands before a client; [`wire`] a member without an engine.

pub mod daemon;
pub mod fuse;
pub mod nginx;
pub mod person;
pub mod process;
pub mod proxies;
pub mod record;
pub mod wire;
