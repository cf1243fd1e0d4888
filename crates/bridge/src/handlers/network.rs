//! The way to servers: proxy, certificate authorities, and a server that got a new certificate.

use std::future::{Ready, ready};

use homing_engine::net::certificate_authority::CertificateAuthority;
use homing_engine::net::settings::{ManualProxy, NetworkSettings};
use homing_engine::session::{self, Secret};
use homing_protocol::JoinLink;

use super::session::address;
use crate::app::{App, KeepToken};
use crate::dto::{
    AddAuthority, Examination, Nothing, ProxyPassword, RenewLink, ServerArgs, SetNetwork,
    TestNetwork,
};
use crate::error::{Code, Failure};
use crate::settings::ActiveSettings;

pub(crate) async fn set_network(app: &App, args: SetNetwork) -> Result<(), Failure> {
    let network = tidied(args.network);
    network.check()?;
    let password = match args.password {
        ProxyPassword::Set { text } if !text.is_empty() => {
            let keep = KeepToken::of(args.session_only);
            app.keep_proxy_password(&network.manual, Secret::new(text), keep).await?;
            Password::New(keep)
        }
        ProxyPassword::Keep => Password::AsItWas,
        ProxyPassword::Forget | ProxyPassword::Set { .. } => {
            app.forget_proxy_password().await?;
            Password::None
        }
    };
    let (before, _) = app.choose(move |chosen| choose(chosen, network, password)).await?;
    for engine in app.engines() {
        engine.reroute().await;
    }
    app.forget_other_passwords(&before.settings.network.manual).await;
    Ok(())
}

/// What becomes of the proxy's password.
#[derive(Debug, Clone, Copy)]
enum Password {
    New(KeepToken),
    /// The one that was there, if it was for this proxy.
    AsItWas,
    None,
}

/// The way as it is from now on. Pure.
fn choose(chosen: &mut ActiveSettings, mut network: NetworkSettings, password: Password) {
    let before = &chosen.settings.network.manual;
    let stays = before.password_kept && same_login(before, &network.manual);
    let (kept, for_session) = match password {
        Password::New(keep) => (true, keep == KeepToken::ForSession),
        Password::AsItWas => (stays, stays && chosen.password_for_session),
        Password::None => (false, false),
    };
    network.manual.password_kept = kept;
    chosen.password_for_session = for_session;
    chosen.settings.network = network;
}

pub(crate) async fn test_network(app: &App, args: TestNetwork) -> Result<Examination, Failure> {
    let before = app.settings().network.manual;
    let mut network = tidied(args.network);
    network.check()?;
    let address = app.known(address(&args.server)?);
    let (kept, password) = match args.password {
        ProxyPassword::Keep => (before.password_kept && same_login(&before, &network.manual), None),
        ProxyPassword::Set { text } if !text.is_empty() => (true, Some(Secret::new(text))),
        ProxyPassword::Forget | ProxyPassword::Set { .. } => (false, None),
    };
    network.manual.password_kept = kept;
    let findings = app.network_access().try_out(network, password, &address, app.name()).await;
    Ok(Examination { running: false, findings })
}

pub(crate) fn authorities(
    app: &App,
    _: Nothing,
) -> Ready<Result<Vec<CertificateAuthority>, Failure>> {
    ready(Ok(app.network_access().authorities()))
}

pub(crate) async fn add_authority(
    app: &App,
    args: AddAuthority,
) -> Result<Vec<CertificateAuthority>, Failure> {
    let server = address(&args.server)?;
    app.network_access().add_authority(&server, &args.pem)?;
    app.reroute_to(&server.authority()).await;
    Ok(app.network_access().authorities())
}

pub(crate) async fn remove_authority(
    app: &App,
    args: ServerArgs,
) -> Result<Vec<CertificateAuthority>, Failure> {
    app.network_access().remove_authority(&args.server)?;
    app.reroute_to(&args.server).await;
    Ok(app.network_access().authorities())
}

/// The token goes to whoever the new link names, so the link must lead to the same space: a server
/// that knows its invitation.
pub(crate) async fn renew_link(app: &App, args: RenewLink) -> Result<(), Failure> {
    let link: JoinLink = args.link.parse()?;
    app.engine(args.space)?;
    let info = session::inspect(&link, app.connector()).await?;
    if info.space != args.space {
        let text = format!("this link is for another space: {}", info.space_name);
        return Err(Failure::new(Code::OtherSpace, text));
    }
    app.readdress(args.space, link.address).await
}

/// As it is kept: without what a person pastes along.
fn tidied(mut network: NetworkSettings) -> NetworkSettings {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(host: &str) -> NetworkSettings {
        let manual = ManualProxy {
            host: host.to_owned(),
            port: 1,
            user: "ada".into(),
            ..Default::default()
        };
        NetworkSettings { manual, ..NetworkSettings::default() }
    }

    #[test]
    fn a_password_is_kept_for_whom_and_for_how_long_it_was_meant() {
        use KeepToken::{ForSession, Safely};
        // Kept and for the session: before for "a", and after.
        for (before, to, password, after) in [
            ((false, false), "a", Password::AsItWas, (false, false)),
            ((false, false), "a", Password::New(Safely), (true, false)),
            ((false, false), "a", Password::New(ForSession), (true, true)),
            ((true, false), "a", Password::AsItWas, (true, false)),
            ((true, true), "a", Password::AsItWas, (true, true)),
            ((true, false), "b", Password::AsItWas, (false, false)),
            ((true, true), "b", Password::AsItWas, (false, false)),
            ((true, true), "b", Password::New(Safely), (true, false)),
            ((true, false), "b", Password::New(ForSession), (true, true)),
            ((true, false), "a", Password::None, (false, false)),
            ((true, true), "a", Password::None, (false, false)),
        ] {
            let mut chosen = ActiveSettings::default();
            chosen.settings.network = proxy("a");
            (chosen.settings.network.manual.password_kept, chosen.password_for_session) = before;
            choose(&mut chosen, proxy(to), password);
            let kept = chosen.settings.network.manual.password_kept;
            assert_eq!((kept, chosen.password_for_session), after, "{before:?} {to} {password:?}");
        }
    }
}
