//! See [`homing_fuzz::message_link`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homing_fuzz::message_link(bytes));
