//! Who is connected, and what of the commits concerns them.

pub mod fan_out;
pub mod hub;
pub mod presence;
pub mod queue;
