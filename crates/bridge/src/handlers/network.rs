//! The way to servers: proxy, certificate authorities, and a server that got a new certificate.

use std::future::{Ready, ready};

use homing_engine::net::authority::Authority;
use homing_engine::net::settings::{ManualProxy, Network};
use homing_engine::session::{self, Secret};
use homing_protocol::JoinLink;
use homing_protocol::link::Address;

use super::session::address;
use crate::app::{App, KeepToken};
use crate::dto::{
    AddAuthority, Examination, Nothing, ProxyPassword, RenewLink, ServerArgs, SetNetwork,
    TestNetwork,
};
use crate::error::{Code, Failure};

pub(crate) async fn set_network(app: &App, args: SetNetwork) -> Result<(), Failure> {
    let before = app.settings().network;
    let mut network = tidied(args.network);
    network.check()?;
    let kept = before.manual.password_kept && same_login(&before.manual, &network.manual);
    network.manual.password_kept = match args.password {
        ProxyPassword::Keep if kept => true,
        ProxyPassword::Set { text } if !text.is_empty() => {
            let keep = KeepToken::of(args.session_only);
            app.keep_proxy_password(Secret::new(text), keep).await?;
            true
        }
        ProxyPassword::Keep | ProxyPassword::Forget | ProxyPassword::Set { .. } => {
            if before.manual.password_kept {
                app.forget_proxy_password().await?;
            }
            false
        }
    };
    app.choose(move |chosen| chosen.settings.network = network).await?;
    for engine in app.engines() {
        engine.reroute().await;
    }
    Ok(())
}

pub(crate) async fn test_network(app: &App, args: TestNetwork) -> Result<Examination, Failure> {
    let before = app.settings().network.manual;
    let mut network = tidied(args.network);
    network.check()?;
    let address = known(app, address(&args.server)?);
    let (kept, password) = match args.password {
        ProxyPassword::Keep => (before.password_kept && same_login(&before, &network.manual), None),
        ProxyPassword::Set { text } if !text.is_empty() => (true, Some(Secret::new(text))),
        ProxyPassword::Forget | ProxyPassword::Set { .. } => (false, None),
    };
    network.manual.password_kept = kept;
    let findings = app.reach().try_out(network, password, &address, app.name()).await;
    Ok(Examination { running: false, findings })
}

pub(crate) fn authorities(app: &App, _: Nothing) -> Ready<Result<Vec<Authority>, Failure>> {
    ready(Ok(app.reach().authorities()))
}

pub(crate) async fn add_authority(
    app: &App,
    args: AddAuthority,
) -> Result<Vec<Authority>, Failure> {
    let server = address(&args.server)?;
    app.reach().add_authority(&server, &args.pem)?;
    app.reroute_to(&server.authority()).await;
    Ok(app.reach().authorities())
}

pub(crate) async fn remove_authority(
    app: &App,
    args: ServerArgs,
) -> Result<Vec<Authority>, Failure> {
    app.reach().remove_authority(&args.server)?;
    app.reroute_to(&args.server).await;
    Ok(app.reach().authorities())
}

/// The token goes to whoever the new link names, so the link must lead to the same space: a server
/// that knows its invitation.
pub(crate) async fn renew_link(app: &App, args: RenewLink) -> Result<(), Failure> {
    let link: JoinLink = args.link.parse()?;
    app.engine(args.space)?;
    let info = session::inspect(&link, app.connector()).await?;
    if info.space != args.space {
        let text = format!("the link leads to another space: {}", info.space_name);
        return Err(Failure::new(Code::OtherSpace, text));
    }
    app.readdress(args.space, link.address).await
}

/// As it is kept: without what a person pastes along.
fn tidied(mut network: Network) -> Network {
    let ManualProxy { host, user, bypass, .. } = &mut network.manual;
    *host = host.trim().trim_matches(['[', ']']).to_owned();
    *user = user.trim().to_owned();
    *bypass = bypass.trim().to_owned();
    network
}

/// A password is for one user of one proxy. To another it would be a gift.
fn same_login(one: &ManualProxy, other: &ManualProxy) -> bool {
    (&one.host, one.port, &one.user) == (&other.host, other.port, &other.user)
}

/// The same server as a space's is known by the same certificate.
fn known(app: &App, address: Address) -> Address {
    let same =
        |known: &Address| address.fingerprint.is_none() && known.authority() == address.authority();
    app.addresses().into_iter().find(same).unwrap_or(address)
}
