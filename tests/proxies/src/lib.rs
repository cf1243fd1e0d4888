//! Homing behind real proxies, and through them.
//!
//! [`reverse`] is what operators put in front of a server, each started with the example in
//! `deploy/`; [`forward`] is what stands between an office and the world. [`visit`] is what is seen with
//! each: somebody joins, is silent, the server is killed and comes back, and the doctors say how it
//! is. `cargo xtask proxies` visits all of them; tests do so without the silence.

pub mod authority;
pub mod forward;
pub mod programs;
pub mod reverse;
pub mod visit;
