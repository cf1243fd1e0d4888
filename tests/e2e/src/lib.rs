//! Real engines against real servers: what the tests of this folder share.
//!
//! [`history`] records what happened and says whether the promises were kept; [`person`] is an
//! engine with somebody who writes, [`fuse`] the disk under it, which can stop the world at a
//! commit; [`process`] is a server that can be killed; [`wire`] a
//! member without an engine.

pub mod fuse;
pub mod history;
pub mod person;
pub mod process;
pub mod wire;
