//! Finds the message that was named, by its number in the room or by its ID.

use homing_engine::view::{Item, Overview, TimelinePosition};
use homing_engine::{Error, Handle, TimelineWindow};
use homing_protocol::event::{Message, Reply};
use homing_protocol::{Cid, Content, MessageRef, RoomId, Seq};

use crate::args::{MessageArg, Target};
use crate::failure::{Code, Failure};
use crate::space::RunningSpace;
use crate::{room, text};

/// Rows in which a message is looked for by its ID alone. An older one is looked for by every
/// sender that it may have.
const RECENT_ROWS: u32 = 200;

/// A message that was found.
pub(crate) struct Found {
    /// Its name in a change of it.
    pub(crate) name: MessageRef,
    /// Its row.
    pub(crate) item: Item,
}

impl Found {
    /// The message, unless it was deleted: then it can't be answered or changed.
    pub(crate) fn undeleted(self) -> Result<Self, Failure> {
        if self.item.gone.is_some() {
            return Err(Failure::new(Code::NotFound, "this message was deleted"));
        }
        Ok(self)
    }

    /// The quote of it in a reply.
    pub(crate) fn quote(&self, overview: &Overview) -> Reply {
        let excerpt = match &self.item.content {
            Content::Message(Message { text, .. }) => text::excerpt(overview, text),
            _ => String::new(),
        };
        Reply { user: self.name.user, cid: self.name.cid, excerpt }
    }
}

/// Finds a message and its room.
pub(crate) async fn find(
    open: &mut RunningSpace,
    target: &Target,
) -> Result<(RoomId, Found), Failure> {
    // What the server has is needed: the message, and what became of it.
    open.settle().await?;
    let known = match room::find(open.overview(), &target.room) {
        Ok(known) => known,
        Err(failure) => return Err(open.connection_failure().unwrap_or(failure)),
    };
    let (id, title) = (known.id, room::title(open.overview(), known));
    let item = match target.message {
        MessageArg::Number(seq) => numbered(&open.engine, id, seq).await?,
        MessageArg::Cid(cid) => with_id(open, id, cid).await?,
    };
    let wanted = target.message;
    let Some(item) = item else {
        return Err(match open.connection_failure() {
            Some(offline) => {
                let text = format!("message {wanted} in {title} isn't on this device: {offline}");
                Failure::new(offline.code, text)
            }
            None => {
                let text = format!(
                    "there's no message {wanted} in {title}. `homing tail --numbers` shows the \
                     numbers of messages"
                );
                Failure::new(Code::NotFound, text)
            }
        });
    };
    let name = item.message_ref().ok_or_else(|| {
        Failure::new(Code::NotFound, format!("{wanted} in {title} isn't a message"))
    })?;
    Ok((id, Found { name, item }))
}

async fn numbered(engine: &Handle, room: RoomId, seq: Seq) -> Result<Option<Item>, Failure> {
    let window = TimelineWindow::After(Seq(seq.0.saturating_sub(1)));
    let timeline = engine.timeline(room, window, 1).await?;
    let place = TimelinePosition::Log(seq);
    Ok(timeline.items.into_iter().find(|item| item.place == place))
}

async fn with_id(open: &RunningSpace, room: RoomId, cid: Cid) -> Result<Option<Item>, Failure> {
    let timeline = open.engine.timeline(room, TimelineWindow::Latest, RECENT_ROWS).await?;
    let key = cid.to_string();
    if let Some(item) = timeline.items.into_iter().find(|item| item.key == key) {
        return Ok(Some(item));
    }
    for person in &open.overview().people {
        let name = MessageRef { user: person.id, cid };
        if let Some(item) = row(&open.engine, room, name).await? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// The row of a message as it is now, if this device has it.
pub(crate) async fn row(
    engine: &Handle,
    room: RoomId,
    name: MessageRef,
) -> Result<Option<Item>, Failure> {
    match engine.timeline(room, TimelineWindow::Around(name), 1).await {
        Ok(timeline) => {
            Ok(timeline.items.into_iter().find(|item| item.message_ref() == Some(name)))
        }
        Err(Error::NoSuchMessage) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The number of a row in its room; a queued one has none.
pub(crate) const fn seq(item: &Item) -> Option<Seq> {
    match item.place {
        TimelinePosition::Log(seq) => Some(seq),
        TimelinePosition::Outbox(_) => None,
    }
}
