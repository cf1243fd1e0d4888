//! The way to a server: from an address to a byte stream.
//!
//! `connector` is the seam through which an engine reaches the world, for the socket and for the
//! calls beside it; `dialer` is the real network behind it, `certificate` what it trusts.

pub mod connector;
pub mod dialer;

mod certificate;
