//! Reading.

use homing_engine::TimelineWindow;
use homing_engine::view::Timeline;
use homing_protocol::MessageRef;

use crate::app::App;
use crate::dto::{MarkRead, MarkUnread, TimelineArgs, TimelinePart};
use crate::error::Failure;

pub(crate) async fn timeline(app: &App, args: TimelineArgs) -> Result<Timeline, Failure> {
    let window = match args.part {
        TimelinePart::Latest => TimelineWindow::Latest,
        TimelinePart::Unread => TimelineWindow::Unread,
        TimelinePart::Before { seq } => TimelineWindow::Before(seq),
        TimelinePart::After { seq } => TimelineWindow::After(seq),
        TimelinePart::Around { user, cid } => TimelineWindow::Around(MessageRef { user, cid }),
    };
    Ok(app.engine(args.space)?.timeline(args.room, window, args.limit).await?)
}

pub(crate) async fn mark_read(app: &App, args: MarkRead) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.read(args.room, args.seq).await?)
}

pub(crate) async fn mark_unread(app: &App, args: MarkUnread) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.mark_unread(args.room, args.seq).await?)
}
