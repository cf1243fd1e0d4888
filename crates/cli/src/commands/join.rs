//! `homing join`.

use std::path::{Path, PathBuf};

use homing_engine::clock::{Clock as _, Seed, SystemClock, new_cid};
use homing_engine::net::connector::Connector;
use homing_engine::session::profile::{Profile, ProfileError};
use homing_engine::session::{self, Secret, SpaceRecord};
use homing_protocol::{AnyLink, Cid};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::timeout;

use crate::args::{Common, Join};
use crate::failure::{Code, Failure};
use crate::output::Output;
use crate::{dialer, profile, text};

/// An attempt without a response yet. A retry with the same key returns the same member, so a lost
/// response costs neither the name nor the invitation.
#[derive(Debug, Serialize, Deserialize)]
struct Attempt {
    link: String,
    name: String,
    key: Cid,
}

/// The file of the pending attempt.
const ATTEMPT: &str = "joining.json";

/// Joins the space and stores the token.
pub(crate) async fn run(common: &Common, join: Join) -> Result<Code, Failure> {
    let name = match (&join.link, &join.name) {
        (AnyLink::Device(_), _) => "",
        (AnyLink::Join(_), Some(name)) => name,
        (AnyLink::Join(_), None) => {
            let text = "choose your name in the space with --as NAME";
            return Err(Failure::new(Code::Failed, text));
        }
        (AnyLink::SignIn(_), _) => return Err(needs_password()),
    };
    let profile = profile::open(common).await?;
    let secrets = profile::secrets(common, &profile);
    let file = profile.folder().join(ATTEMPT);
    let attempt = attempt(&file, &join.link, name)?;
    let device = join.device.unwrap_or_else(profile::device_name);
    let connector = dialer::build(common, secrets.clone())?;
    let signing_in = sign_in(&profile, &join.link, name, &device, attempt.key, &connector);
    let (record, token) = timeout(common.timeout, signing_in).await.map_err(|_| {
        let text = "the server isn't responding. Try again with the same link and name";
        Failure::new(Code::Offline, text)
    })??;
    profile.add(&record, token, &*secrets).await?;
    // A left-over file is harmless: the same link and name return the same member.
    _ = std::fs::remove_file(&file);
    print(Output { json: common.json }, &record)?;
    Ok(Code::Done)
}

async fn sign_in(
    profile: &Profile,
    link: &AnyLink,
    name: &str,
    device: &str,
    key: Cid,
    connector: &dyn Connector,
) -> Result<(SpaceRecord, Secret), Failure> {
    match link {
        AnyLink::Join(link) => Ok(session::join(link, name, None, device, key, connector).await?),
        AnyLink::Device(link) => {
            // Checked before the link is used up, because two members' outboxes can't share a
            // database.
            let seen = session::inspect_device_link(link, connector).await;
            if let Ok(seen) = seen
                && let Some(known) = profile.known(seen.space).await
                && known.user != seen.user
            {
                return Err(ProfileError::AlreadyIn(Box::new(known)).into());
            }
            Ok(session::link_device(link, device, key, connector).await?)
        }
        AnyLink::SignIn(_) => Err(needs_password()),
    }
}

fn needs_password() -> Failure {
    let text = "this is the address for signing in with a password, which only the app can do. Use \
                a join link, or a device link: homing link shows one";
    Failure::new(Code::Failed, text)
}

/// The earlier attempt with this link and name, or a new one.
fn attempt(file: &Path, link: &AnyLink, name: &str) -> Result<Attempt, Failure> {
    let link = link.to_string();
    let before = std::fs::read(file).ok();
    let before = before.and_then(|bytes| serde_json::from_slice::<Attempt>(&bytes).ok());
    if let Some(before) = before.filter(|before| before.link == link && before.name == name) {
        return Ok(before);
    }
    let key = new_cid(SystemClock.now_ms(), &mut Seed::from_system().grow());
    let attempt = Attempt { link, name: name.to_owned(), key };
    let text = serde_json::to_vec(&attempt).expect("strings only");
    std::fs::write(file, text).map_err(|error| {
        let file: PathBuf = file.to_owned();
        Failure::new(Code::Failed, format!("can't write {}: {error}", file.display()))
    })?;
    Ok(attempt)
}

fn print(out: Output, record: &SpaceRecord) -> Result<(), Failure> {
    if out.json {
        return out.value(&json!({
            "space": record.space,
            "name": record.name,
            "user": record.user,
            "as": record.user_name,
            "device": record.device,
            "address": record.address.authority(),
        }));
    }
    let (space, me) = (text::plain(&record.name), text::plain(&record.user_name));
    out.line(format_args!("Joined {space} as {me}."))
}
