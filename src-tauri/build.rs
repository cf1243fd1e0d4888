//! Lists our commands, so that a window may call only those that its capability names.

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&[
        "call",
        "subscribe",
        "open_link",
        "copied_link",
        "painted",
        "end_composition",
    ]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    tauri_build::try_build(attributes).expect("tauri.conf.json and the capabilities are valid");
}
