//! Who is connected, and what of the commits concerns them.

pub mod hub;
pub mod presence;
pub mod pump;
pub mod queue;
