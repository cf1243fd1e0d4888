//! One space, wired.
