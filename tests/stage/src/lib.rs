//! A desktop for tests, without a screen.
//!
//! [`Stage::build`] promises a display with a window manager, a session bus of its own, an unlocked
//! keyring, a notification server and a tray host: the real ones, from the distribution's packages
//! (`packages.txt`), each waited for by its own sign of life and never by a pause. [`App`] starts
//! the real program on it and drives its window through WebDriver.
//!
//! Nothing is shared with the machine's own session or with another stage: folders, bus, display
//! and ports are the stage's own, and the bus starts nothing that the stage did not put there. That
//! last point is why a test can take the keyring away: a common session bus would start another.
//! Every process is ended by its own id when the stage is dropped, and by the kernel when the test
//! is killed.
//!
//! It knows nothing of Homing beyond the names of the things it starts; what a test expects of the
//! app stands in the test.

mod app;
mod bus;
mod display;
mod inline;
mod input;
mod keyring;
mod notifications;
mod page;
mod process;
mod servers;
mod stage;
mod tray;
mod wait;
mod watch;
mod windows;
mod x11;

pub use app::{App, AppPlan, PLAIN};
pub use display::Rectangle;
pub use inline::{Asked, Inline};
pub use input::InputMethod;
pub use keyring::{Database, Dialog, Keyring};
pub use notifications::{Server, Shown};
pub use page::Page;
pub use process::{Process, ask_to_end, end_now, of_program, page_process_of, stop_for_now};
pub use stage::{Plan, Stage};
pub use tray::{MenuEntry, TrayItem};
pub use wait::{PATIENCE, eventually};
pub use watch::{Passed, Watch};
