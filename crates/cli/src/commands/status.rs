//! `homing status`.

use serde_json::json;

use crate::args::Common;
use crate::failure::{Code, Failure};
use crate::{room, space, text};

/// Says how the connection stands and what is queued. Done only if everything is delivered and
/// known.
pub(crate) async fn run(common: &Common) -> Result<Code, Failure> {
    let mut open = space::open(common).await?;
    open.settle().await?;
    let queued = open.engine.outbox().await?;
    let overview = open.overview();
    let complaint = open.complaint();
    if common.json {
        println!(
            "{}",
            json!({
                "space": overview.space,
                "as": open.record.user_name,
                "link": overview.link,
                "rooms": overview.rooms.len(),
                "unread": overview.rooms.iter().map(|room| u64::from(room.unread)).sum::<u64>(),
                "outbox": overview.outbox,
                "queued": queued,
            })
        );
    } else {
        let (name, me) = (text::plain(&overview.space.name), text::plain(&open.record.user_name));
        println!("{name} ({}), as {me}", overview.space.address);
        match &complaint {
            Some(complaint) => println!("{complaint}"),
            None => println!("connected"),
        }
        for message in &queued {
            let to = overview
                .rooms
                .iter()
                .find(|room| room.id == message.room)
                .map_or_else(|| message.room.to_string(), |found| room::title(overview, found));
            println!("queued for {to}: {}", text::plain(&message.text));
        }
    }
    let waiting = overview.outbox.waiting > 0;
    open.close().await;
    Ok(match complaint {
        Some(complaint) => complaint.code,
        None if waiting => Code::Queued,
        None => Code::Done,
    })
}
