//! The spaces of one installation.
