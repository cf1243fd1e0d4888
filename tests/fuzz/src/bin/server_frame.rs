//! See [`homing_fuzz::server_frame`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homing_fuzz::server_frame(bytes));
