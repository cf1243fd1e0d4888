//! From a server that says anything to a version that can be trusted, or to why there is none.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what is not as expected fails the test"
)]

mod looking;
mod packages;
mod shelf;
