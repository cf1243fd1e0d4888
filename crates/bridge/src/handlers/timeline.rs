//! Reading.

use homing_engine::Window;
use homing_engine::view::Timeline;

use crate::app::App;
use crate::dto::{MarkRead, Part, TimelineArgs};
use crate::error::Failure;

pub(crate) async fn timeline(app: &App, args: TimelineArgs) -> Result<Timeline, Failure> {
    let window = match args.part {
        Part::Latest => Window::Latest,
        Part::Unread => Window::Unread,
        Part::Before { seq } => Window::Before(seq),
        Part::After { seq } => Window::After(seq),
    };
    Ok(app.engine(args.space)?.timeline(args.room, window, args.limit).await?)
}

pub(crate) async fn mark_read(app: &App, args: MarkRead) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.read(args.room, args.seq).await?)
}
