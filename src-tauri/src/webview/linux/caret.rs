//! The caret of the field one writes in, which rests when nobody writes.
//!
//! GTK's own fields let the caret blink for ten seconds after the last key or click. WebKit blinks for
//! ever, and the display's clock runs for it: a hundred wake-ups a second for a chat in which nothing
//! happens. How fast it blinks it reads from the desktop's settings, of which every program has a
//! copy of its own; so ours makes the next blink a matter of days, once nobody writes. Setting that
//! a caret does not blink at all would be the straight way, and WebKit 2.50 then draws every frame.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use gtk::glib::{ControlFlow, Propagation, SourceId, timeout_add_local};
use gtk::prelude::{GtkSettingsExt as _, IsA, WidgetExt as _};

/// The desktop's setting: how long it takes a caret to come and go, in milliseconds.
const BLINK_TIME: &str = "gtk-cursor-blink-time";

/// Lets the caret rest while nobody writes into `field`.
pub(super) fn rest_in(field: &impl IsA<gtk::Widget>) {
    let Some(settings) = gtk::Settings::default() else { return };
    let caret = Rc::new(Caret { settings, end: RefCell::default() });
    caret.wake();
    let woken = caret.clone();
    field.connect_key_press_event(move |_, _| woken.wake());
    let woken = caret.clone();
    field.connect_button_press_event(move |_, _| woken.wake());
    field.connect_focus_in_event(move |_, _| caret.wake());
}

struct Caret {
    settings: gtk::Settings,
    /// What will let it rest.
    end: RefCell<Option<SourceId>>,
}

impl Caret {
    /// Blinks from now on as the person's desktop says, for as long as it says.
    fn wake(self: &Rc<Self>) -> Propagation {
        match self.end.take() {
            Some(end) => end.remove(),
            None => self.settings.reset_property(BLINK_TIME),
        }
        let time = blinking(
            self.settings.gtk_cursor_blink_timeout(),
            self.settings.gtk_cursor_blink_time(),
        );
        let caret = self.clone();
        let end = timeout_add_local(time, move || {
            caret.end.take();
            caret.settings.set_gtk_cursor_blink_time(i32::MAX);
            ControlFlow::Break
        });
        self.end.replace(Some(end));
        Propagation::Proceed
    }
}

/// How long to blink after the last key: for about as many seconds as the desktop says, and until
/// the caret is in the middle of being there, for it is to rest where one sees it.
fn blinking(timeout_s: i32, blink_ms: i32) -> Duration {
    let whole = |number: i32| u64::try_from(number).unwrap_or_default();
    let blink = whole(blink_ms).max(1);
    let blinks = whole(timeout_s) * 1000 / blink;
    Duration::from_millis(blinks * blink + blink / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rests_where_one_sees_it() {
        for (timeout_s, blink_ms, wanted) in [
            (10, 1200, 9_900),
            (10, 1000, 10_250),
            (1, 1200, 300),
            (10, 30_000, 7_500),
            (0, 1200, 300),
            (-1, 0, 0),
            (i32::MAX, 100, 2_147_483_647_025),
        ] {
            let time = blinking(timeout_s, blink_ms);
            assert_eq!(time, Duration::from_millis(wanted), "{timeout_s} s, {blink_ms} ms");
        }
    }
}
