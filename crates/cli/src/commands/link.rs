//! `homing link`.

use homing_engine::session::SpaceRecord;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde_json::json;
use tokio::time::timeout;

use crate::args::Common;
use crate::failure::{Code, Failure};
use crate::output::Output;
use crate::{space, text};

/// Creates a device link and shows it as text and QR code.
pub(crate) async fn run(common: &Common) -> Result<Code, Failure> {
    let open = space::open(common).await?;
    let offer =
        timeout(common.timeout, open.engine.create_device_link()).await.map_err(|_| {
            Failure::new(Code::Offline, "the server isn't responding. Nothing was changed")
        })??;
    let (link, seconds) = (offer.link.to_string(), offer.lifetime.as_secs());
    let out = Output { json: common.json };
    let told = if out.json {
        out.value(&json!({ "link": link, "lifetime_s": seconds }))
    } else {
        print(out, &open.record, &link, seconds)
    };
    open.close().await;
    told.map(|()| Code::Done)
}

fn print(out: Output, record: &SpaceRecord, link: &str, seconds: u64) -> Result<(), Failure> {
    let (me, name) = (text::plain(&record.user_name), text::plain(&record.name));
    // Most terminals are dark. Light on dark is then what most cameras can read.
    if let Ok(code) = QrCode::with_error_correction_level(link, EcLevel::L) {
        let mut drawn = code.render::<Dense1x2>();
        drawn.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
        out.line(drawn.build())?;
    }
    out.line(link)?;
    out.line(format_args!(
        "Open this link on your other device within {} minutes to sign in to {name} as {me}. It \
         works once. Don't share it: anyone with the link can sign in as you.",
        seconds / 60
    ))
}
