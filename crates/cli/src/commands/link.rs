//! `homing link`.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde_json::json;
use tokio::time::timeout;

use crate::args::Common;
use crate::failure::{Code, Failure};
use crate::{space, text};

/// Shows a link by which another device of the same person comes in.
pub(crate) async fn run(common: &Common) -> Result<Code, Failure> {
    let open = space::open(common).await?;
    let offer = timeout(common.timeout, open.engine.offer_link()).await.map_err(|_| {
        Failure::new(Code::Offline, "the server did not answer in time. Nothing was changed")
    })??;
    let (link, seconds) = (offer.link.to_string(), offer.lifetime.as_secs());
    if common.json {
        println!("{}", json!({ "link": link, "lifetime_s": seconds }));
    } else {
        let (me, name) = (text::plain(&open.record.user_name), text::plain(&open.record.name));
        // Terminals are dark more often than not: light on dark is what most cameras then see.
        if let Ok(code) = QrCode::with_error_correction_level(&link, EcLevel::L) {
            let mut drawn = code.render::<Dense1x2>();
            drawn.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
            println!("{}", drawn.build());
        }
        println!("{link}");
        println!(
            "Open it on your other device within {} minutes: it signs in as {me} in {name}, once. \
             Show it to nobody else.",
            seconds / 60
        );
    }
    open.close().await;
    Ok(Code::Done)
}
