//! What becomes of a notification whose message is edited or taken back.

use homing_engine::view::{Item, Overview};
use homing_protocol::{Content, RoomId};

use super::{NotificationEffect, Notifications, NotifyContext, preview};
use crate::ports::NotificationKey;

impl Notifications {
    /// A row has changed: a notification that shows its words shows the new ones, or goes.
    pub(super) fn rewritten(
        &mut self,
        overview: &Overview,
        room: RoomId,
        item: &Item,
        context: NotifyContext<'_>,
    ) -> Option<NotificationEffect> {
        let space = overview.space.id;
        let shown = self.shown.get_mut(&(space, room))?;
        if shown.newest.key.as_ref() != Some(&item.key) {
            return None;
        }
        if item.gone.is_some() {
            shown.messages = shown.messages.saturating_sub(1);
            shown.newest.text.clear();
            shown.newest.key = None;
        } else if let (true, Content::Message(message)) = (item.edited, &item.content) {
            let text = preview(overview, &message.text);
            if text == shown.newest.text {
                return None;
            }
            shown.newest.text = text;
        } else {
            return None;
        }
        let notified = self.shown.remove(&(space, room))?;
        let known = overview.rooms.iter().find(|one| one.id == room);
        match known.filter(|_| notified.messages > 0) {
            Some(room) => Some(self.show(overview, room, notified, context)),
            None => Some(NotificationEffect::Withdraw(NotificationKey::Room(space, room))),
        }
    }
}
