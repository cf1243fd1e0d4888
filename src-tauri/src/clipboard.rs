//! A link to a space that the person has copied.
//!
//! Read at the moment somebody asks, which the interface does only where a link is to be pasted. Whatever
//! else is on the clipboard goes no further than this file: not to the page, not into a log.

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

/// A program that has copied something and does not answer is not waited for longer.
const ANSWER: Duration = Duration::from_secs(2);

/// Bytes of the longest text that is read as a link: more than a name, a code and a fingerprint need.
const LONGEST: usize = 2000;

/// The link that is on the clipboard, if there is one and nothing else.
pub(crate) async fn copied_link(app: &AppHandle) -> Option<String> {
    let text = timeout(ANSWER, os::text(app)).await.ok()??;
    link_in(&text)
}

/// The link that a text is. One that lets nobody in is no help to who wants to.
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
