//! What only the X server knows: the properties of windows, and the clipboard.
//!
//! A clipboard holds no text. It belongs to the program in which somebody copied, and every program
//! that pastes asks that one; so does this.

use anyhow::{Context, Result, ensure};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE};

use crate::stage::Stage;
use crate::wait::eventually;

/// Units of four bytes, the most that is read of a property: 1 MiB.
const LONGEST: u32 = 1 << 18;

impl Stage {
    /// A property of a window that is text; `None` if the window does not have it.
    ///
    /// # Errors
    /// When there is no such window, or the property is something else.
    pub fn property(&self, window: &str, name: &str) -> Result<Option<String>> {
        let (server, _) = x11rb::connect(Some(self.display()))?;
        let window = window.parse().context("a window has a number")?;
        let property = atom(&server, name)?;
        text(&server, window, property)
    }

    /// The text on the clipboard, as a program gets it in which somebody pastes; `None` if nobody
    /// copied any.
    ///
    /// # Errors
    /// When the program that holds it does not answer, or not with text.
    pub async fn clipboard(&self) -> Result<Option<String>> {
        let (server, screen) = x11rb::connect(Some(self.display()))?;
        let root = server.setup().roots.get(screen).context("the display has a screen")?.root;
        // The answer is a property of the window of who asks.
        let window = server.generate_id()?;
        server.create_window(
            COPY_DEPTH_FROM_PARENT,
            window,
            root,
            0,
            0,
            1,
            1,
            0,
            WindowClass::INPUT_ONLY,
            COPY_FROM_PARENT,
            &CreateWindowAux::new(),
        )?;
        let (clipboard, utf8) = (atom(&server, "CLIPBOARD")?, atom(&server, "UTF8_STRING")?);
        let pasted = atom(&server, "PASTED")?;
        server.convert_selection(window, clipboard, utf8, pasted, CURRENT_TIME)?;
        server.flush()?;
        let answer = eventually("the program that holds the clipboard answers", async || {
            while let Some(event) = server.poll_for_event()? {
                if let Event::SelectionNotify(answer) = event {
                    return Ok(Some(answer));
                }
            }
            Ok(None)
        })
        .await?;
        if answer.property == NONE {
            return Ok(None);
        }
        text(&server, window, pasted)
    }
}

fn atom(server: &RustConnection, name: &str) -> Result<Atom> {
    Ok(server.intern_atom(false, name.as_bytes())?.reply()?.atom)
}

fn text(server: &RustConnection, window: Window, property: Atom) -> Result<Option<String>> {
    let held = server.get_property(false, window, property, AtomEnum::ANY, 0, LONGEST)?.reply()?;
    if held.type_ == NONE {
        return Ok(None);
    }
    // A text that is too large for one answer is announced by a number.
    ensure!(held.format == 8 && held.bytes_after == 0, "it is no text, or too long");
    Ok(Some(String::from_utf8(held.value)?))
}
