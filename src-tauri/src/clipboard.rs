//! The copied link to a space.
//!
//! The clipboard is read only on request, which the interface makes only where a link is to be
//! pasted. Other content never leaves this file, neither to the page nor to the log.

#[cfg(target_os = "linux")]
#[path = "clipboard/linux.rs"]
mod os;
#[cfg(not(target_os = "linux"))]
#[path = "clipboard/portable.rs"]
mod os;

use std::time::Duration;

use homing_protocol::AnyLink;
use tauri::AppHandle;
use tokio::time::timeout;

/// How long to wait for the program that owns the clipboard.
const ANSWER: Duration = Duration::from_secs(2);

/// Largest size of a text that is read as a link, in bytes: more than a name, a code and a
/// fingerprint need.
const LONGEST: usize = 2000;

/// The link on the clipboard, if it contains a link and nothing else.
pub(crate) async fn copied_link(app: &AppHandle) -> Option<String> {
    let text = timeout(ANSWER, os::text(app)).await.ok()??;
    link_in(&text)
}

/// Reads a text as a link. A link that only says where to sign in is ignored.
fn link_in(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    match text.parse().ok()? {
        link @ (AnyLink::Join(_) | AnyLink::Device(_)) => Some(link.to_string()),
        AnyLink::SignIn(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_link_leaves_the_clipboard() {
        for (text, link) in [
            (" homing://join/chat.example/AB-CD\n", Some("homing://join/chat.example:4664/AB-CD")),
            ("homing://link/[::1]:9/AB?x=y", Some("homing://link/[::1]:9/AB")),
            ("https://chat.example/join#AB", Some("homing://join/chat.example:443/AB")),
            ("homing://sign-in/chat.example", None),
            ("homing://join/chat.example/AB is for you", None),
            ("my password, then homing://join/chat.example/AB", None),
            ("https://chat.example/", None),
            ("correct horse battery staple", None),
            ("", None),
        ] {
            assert_eq!(link_in(text).as_deref(), link, "{text}");
        }
        let long = format!("homing://join/chat.example/{}", "A".repeat(LONGEST));
        assert_eq!(link_in(&long), None);
    }
}
