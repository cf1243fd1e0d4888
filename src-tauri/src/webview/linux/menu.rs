//! The menu of the right button. WebKit's own offers to load what a link names into the page, into a
//! window there is none of, and onto the disk, past the app's proxy and certificates.

use gtk::gio::SimpleAction;
use webkit2gtk::{
    ContextMenu, ContextMenuAction as Action, ContextMenuExt as _, ContextMenuItem,
    ContextMenuItemExt as _, HitTestResultExt as _, WebView, WebViewExt as _,
};

/// What a line of WebKit's menu becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Kept,
    Gone,
    /// Said in our words.
    CopyLink,
}

/// What is said in the menu, in the person's language.
pub(super) struct Words {
    pub(super) open_link: &'static str,
    pub(super) copy_link: &'static str,
}

/// Keeps to what can be done with text and links; `open` opens an address outside.
pub(super) fn limit_in(
    view: &WebView,
    words: impl Fn() -> Words + 'static,
    open: impl Fn(String) + Clone + 'static,
) {
    view.connect_context_menu(move |_, menu, _, hit| {
        let words = words();
        let items = menu.items();
        menu.remove_all();
        if let Some(link) = hit.link_uri().filter(|_| hit.context_is_link()) {
            let (open, link) = (open.clone(), link.to_string());
            let action = SimpleAction::new("open-link", None);
            action.connect_activate(move |_, _| open(link.clone()));
            menu.append(&ContextMenuItem::from_gaction(&action, words.open_link, None));
        }
        for item in items {
            if item.is_separator() {
                separate(menu);
                continue;
            }
            match line(item.stock_action()) {
                Line::Kept => menu.append(&item),
                Line::CopyLink => {
                    let action = Action::CopyLinkToClipboard;
                    let label = words.copy_link;
                    menu.append(&ContextMenuItem::from_stock_action_with_label(action, label));
                }
                Line::Gone => {}
            }
        }
        if let Some(last) = menu.last().filter(ContextMenuItem::is_separator) {
            menu.remove(&last);
        }
        // An empty one is not shown.
        menu.n_items() == 0
    });
}

/// One line between two groups, and none before the first.
fn separate(menu: &ContextMenu) {
    if menu.last().is_some_and(|last| !last.is_separator()) {
        menu.append(&ContextMenuItem::new_separator());
    }
}

const fn line(action: Action) -> Line {
    match action {
        Action::Copy
        | Action::Cut
        | Action::Paste
        | Action::Delete
        | Action::SelectAll
        | Action::InputMethods
        | Action::Unicode
        | Action::SpellingGuess
        | Action::NoGuessesFound
        | Action::IgnoreSpelling
        | Action::LearnSpelling
        | Action::IgnoreGrammar => Line::Kept,
        Action::CopyLinkToClipboard => Line::CopyLink,
        _ => Line::Gone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_menu_loads_anything() {
        for (action, becomes) in [
            (Action::Cut, Line::Kept),
            (Action::Copy, Line::Kept),
            (Action::Paste, Line::Kept),
            (Action::SelectAll, Line::Kept),
            (Action::SpellingGuess, Line::Kept),
            (Action::LearnSpelling, Line::Kept),
            (Action::CopyLinkToClipboard, Line::CopyLink),
            (Action::OpenLink, Line::Gone),
            (Action::OpenLinkInNewWindow, Line::Gone),
            (Action::DownloadLinkToDisk, Line::Gone),
            (Action::DownloadImageToDisk, Line::Gone),
            (Action::OpenImageInNewWindow, Line::Gone),
            (Action::Reload, Line::Gone),
            (Action::GoBack, Line::Gone),
            (Action::InspectElement, Line::Gone),
            // What a later WebKit adds.
            (Action::__Unknown(999), Line::Gone),
        ] {
            assert_eq!(line(action), becomes, "{action:?}");
        }
    }
}
