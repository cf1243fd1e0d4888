//! Coming into a space and leaving it.

use homing_engine::session::{self, CertificateTrust, Secret};
use homing_protocol::http::LinkInfo;
use homing_protocol::link::Address;
use homing_protocol::{AnyLink, Cid, DeviceLink, JoinLink, SignInLink};

use crate::app::{App, KeepToken};
use crate::dto::{
    ComesAs, InspectLink, Join, JoinedSpace, LinkByCode, LinkDevice, LinkPreview, ServerArgs,
    ServerTrust, SignIn, SpaceArgs, StartSpace,
};
use crate::error::{Code, Failure};

pub(crate) async fn inspect_link(app: &App, args: InspectLink) -> Result<LinkPreview, Failure> {
    let (space, space_name, comes_as, address) = match args.link.parse()? {
        AnyLink::Join(link) => {
            let info = session::inspect(&link, app.connector()).await?;
            let comes_as = ComesAs::Member { invited_by: info.invited_by, role: info.role };
            (info.space, info.space_name, comes_as, link.address)
        }
        AnyLink::Device(link) => {
            let info = oneself(app, &link).await?;
            let comes_as = ComesAs::Oneself { name: info.name, linked_by: info.linked_by };
            (info.space, info.space_name, comes_as, link.address)
        }
        AnyLink::SignIn(_) => {
            return Err(Failure::new(Code::SignInLink, "this link says where to sign in"));
        }
    };
    if app.is_in(space).await {
        return Err(already_joined(&space_name));
    }
    Ok(LinkPreview {
        space_name,
        comes_as,
        address: address.authority(),
        pinned: address.fingerprint.is_some(),
    })
}

pub(crate) async fn link_device(app: &App, args: LinkDevice) -> Result<JoinedSpace, Failure> {
    come_in(app, &args.link.parse()?, args.attempt, args.session_only).await
}

pub(crate) async fn link_by_code(app: &App, args: LinkByCode) -> Result<JoinedSpace, Failure> {
    let address = trusting(app, &args.address, args.fingerprint)?;
    let code: String = args.code.chars().filter(char::is_ascii_alphanumeric).collect();
    if code.is_empty() {
        return Err(Failure::new(Code::CodeInvalid, "the code has no letters or digits"));
    }
    let link = DeviceLink { address, code };
    match oneself(app, &link).await {
        Ok(found) if app.is_in(found.space).await => return Err(already_joined(&found.space_name)),
        Ok(_) => {}
        // Perhaps used up by this very attempt, whose answer was lost: then the next call answers it.
        Err(failure) if failure.code == Code::LinkInvalid => {}
        Err(failure) => return Err(failure),
    }
    let entered = come_in(app, &link, args.attempt, args.session_only).await;
    entered.map_err(|failure| match failure.code {
        Code::LinkInvalid => Failure { code: Code::CodeInvalid, ..failure },
        _ => failure,
    })
}

/// As whom a device link signs in, before it is used up.
async fn oneself(app: &App, link: &DeviceLink) -> Result<LinkInfo, Failure> {
    let info = session::inspect_device_link(link, app.connector()).await?;
    app.may_be(info.space, info.user).await?;
    Ok(info)
}

async fn come_in(
    app: &App,
    link: &DeviceLink,
    attempt: Cid,
    session_only: bool,
) -> Result<JoinedSpace, Failure> {
    let keep = app.place_for_token(session_only).await?;
    let device = app.device_name();
    let (record, token) = session::link_device(link, device, attempt, app.connector()).await?;
    app.enter(record, token, keep).await
}

pub(crate) async fn join(app: &App, args: Join) -> Result<JoinedSpace, Failure> {
    let link: JoinLink = args.link.parse()?;
    let password = args.password.map(Secret::new);
    let keep = app.place_for_token(args.session_only).await?;
    enter(app, &link, &args.name, password.as_ref(), args.attempt, keep).await
}

pub(crate) async fn server_trust(app: &App, args: ServerArgs) -> Result<ServerTrust, Failure> {
    let address = app.known(address(&args.server)?);
    let fingerprint = match session::check_certificate(&address, app.connector()).await? {
        CertificateTrust::Trusted => None,
        CertificateTrust::NeedsConfirmation(found) => Some(found.to_string()),
    };
    Ok(ServerTrust { server: address.authority(), fingerprint })
}

pub(crate) async fn sign_in(app: &App, args: SignIn) -> Result<JoinedSpace, Failure> {
    let address = trusting(app, &args.address, args.fingerprint)?;
    let keep = app.place_for_token(args.session_only).await?;
    let password = Secret::new(args.password);
    let name = args.name.trim();
    let (record, token) =
        session::sign_in(&address, name, &password, app.device_name(), app.connector()).await?;
    app.enter(record, token, keep).await
}

pub(crate) async fn start_space(app: &App, args: StartSpace) -> Result<JoinedSpace, Failure> {
    if args.space_name.trim().is_empty() {
        return Err(Failure::new(Code::Empty, "the space needs a name"));
    }
    let keep = app.place_for_token(args.session_only).await?;
    let hosted = app.host(Some(args.space_name.trim().to_owned())).await?;
    let link = hosted.owner_link.ok_or_else(|| already_joined(&args.space_name))?;
    let link: JoinLink = link.parse()?;
    enter(app, &link, &args.name, None, args.attempt, keep).await
}

pub(crate) async fn leave_space(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    app.leave(args.space).await
}

async fn enter(
    app: &App,
    link: &JoinLink,
    name: &str,
    password: Option<&Secret>,
    attempt: Cid,
    keep: KeepToken,
) -> Result<JoinedSpace, Failure> {
    let device = app.device_name();
    let (record, token) =
        session::join(link, name.trim(), password, device, attempt, app.connector()).await?;
    app.enter(record, token, keep).await
}

/// Where to sign in, by the certificate that the person trusts if the address names none.
fn trusting(app: &App, text: &str, trusted: Option<String>) -> Result<Address, Failure> {
    let mut address = app.known(address(text)?);
    if let Some(trusted) = trusted
        && address.fingerprint.is_none()
    {
        address.fingerprint = Some(trusted.parse()?);
    }
    Ok(address)
}

/// Where to sign in: `host`, `host:port`, or any link of the space, which brings its fingerprint
/// along.
pub(super) fn address(text: &str) -> Result<Address, Failure> {
    let text = text.trim();
    if text.contains("://") {
        return Ok(text.parse::<AnyLink>()?.address().clone());
    }
    Ok(format!("homing://sign-in/{text}").parse::<SignInLink>()?.address)
}

fn already_joined(space: &str) -> Failure {
    Failure::new(Code::AlreadyJoined, format!("this device is already in {space}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_or_any_link() {
        assert_eq!(address(" chat.example ").unwrap().authority(), "chat.example:4664");
        assert_eq!(address("chat.example:99").unwrap().port, 99);
        let link = "homing://join/chat.example/ABCD?fp=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert!(address(link).unwrap().fingerprint.is_some());
        let link = link.replace("join/chat.example/ABCD", "sign-in/chat.example:8");
        assert!(address(&link).unwrap().fingerprint.is_some());
        assert_eq!(address("https://chat.example/join#ABCD").unwrap().port, 443);
        assert_eq!(address("").unwrap_err().code, Code::DamagedLink);
        assert_eq!(address("https://chat.example").unwrap_err().code, Code::NotALink);
    }
}
