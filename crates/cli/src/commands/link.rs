//! `homing link`.

use homing_engine::session::{DeviceLinkOffer, SpaceRecord};
use homing_protocol::DeviceLink;
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
    let out = Output { json: common.json };
    let told = if out.json { as_json(out, &offer) } else { print(out, &open.record, &offer) };
    open.close().await;
    told.map(|()| Code::Done)
}

fn as_json(out: Output, offer: &DeviceLinkOffer) -> Result<(), Failure> {
    let DeviceLink { address, code } = &offer.link;
    out.value(&json!({
        "link": offer.link.to_string(),
        "server": address.typed(),
        "code": code,
        "fingerprint": address.fingerprint,
        "lifetime_s": offer.lifetime.as_secs(),
    }))
}

fn print(out: Output, record: &SpaceRecord, offer: &DeviceLinkOffer) -> Result<(), Failure> {
    let (me, name) = (text::plain(&record.user_name), text::plain(&record.name));
    let link = offer.link.to_string();
    // Most terminals are dark. Light on dark is then what most cameras can read.
    if let Ok(code) = QrCode::with_error_correction_level(&link, EcLevel::L) {
        let mut drawn = code.render::<Dense1x2>();
        drawn.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
        out.line(drawn.build())?;
    }
    out.line(link)?;
    out.line(format_args!(
        "Open this link on your other device within {} minutes to sign in to {name} as {me}. It \
         works once. Don't share it: anyone with the link can sign in as you.",
        offer.lifetime.as_secs() / 60
    ))?;
    let DeviceLink { address, code } = &offer.link;
    out.line("Can't open the link there? Choose Sign in, then Use a code instead, and enter:")?;
    out.line(format_args!("  Server       {}", address.typed()))?;
    out.line(format_args!("  Code         {code}"))?;
    if let Some(fingerprint) = address.fingerprint {
        out.line(format_args!("  Fingerprint  {fingerprint}"))?;
    }
    Ok(())
}
