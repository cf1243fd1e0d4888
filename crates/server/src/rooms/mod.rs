//! The connected devices, and the fan-out of commits to them.

pub mod fan_out;
pub mod hub;
pub mod presence;
pub mod queue;
