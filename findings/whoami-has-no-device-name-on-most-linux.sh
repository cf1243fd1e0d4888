#!/usr/bin/env bash
# whoami answers `devicename()` with an error on a Linux machine that nobody gave a second name.
#
# Expected: a machine always has a name, and macOS and Windows always answer. The documentation says only that it is the "Pretty
# Name", so one expects the name of the host where there is no prettier one.
# Instead: it reads /etc/machine-info, which a fresh Debian and containers do not have, and answers the error of opening that file.
# `hostname()` answers beside it.
# Seen with: whoami 2.1.3, Debian 12.
# Homing: `device_name` in src-tauri/src/paths.rs and crates/cli/src/place.rs take the host's name then (`a_machine_without_a_given_name_is_called_as_its_host`).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v cargo >/dev/null || exit 2
if grep -q '^PRETTY_HOSTNAME=' /etc/machine-info 2>/dev/null; then
  echo "this machine has a pretty name, so it can't be shown here"
  exit 2
fi

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "shown"
version = "0.0.0"
edition = "2024"
[dependencies]
whoami = { version = "=2.1.3", default-features = false, features = ["std"] }
TOML
cat >src/main.rs <<'RUST'
fn main() {
    let (device, host) = (whoami::devicename(), whoami::hostname());
    println!("whoami 2.1.3: devicename is ok: {}, hostname is ok: {}", device.is_ok(), host.is_ok());
    if let Err(error) = &device {
        println!("{error}");
    }
    std::process::exit(i32::from(device.is_ok() || host.is_err()));
}
RUST
CARGO_TARGET_DIR="$folder/target" cargo build --quiet || exit 2
target/debug/shown
