//! See [`homing_fuzz::join_link`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homing_fuzz::join_link(bytes));
