//! A real backend is compiled in, also where no test brings a keyring of its own. On Linux the test
//! against the real daemon says so, and sees the secret arrive there.
#![cfg(any(target_os = "macos", windows))]

#[test]
fn the_backend_is_the_systems_own() {
    let backend = homing_secrets::backend().expect("the system has its keyring");
    let expected =
        if cfg!(windows) { "Windows Credential Manager" } else { "macOS Keychain Store" };
    assert!(backend.starts_with(expected), "{backend}");
}
