//! The result of a command: an exit code for scripts and a sentence for people.

use std::fmt;

use homing_engine::Error;
use homing_engine::error::CallError;
use homing_engine::net::connector::{ConnectError, ProxyError};
use homing_engine::net::unexpected_response::UnexpectedResponse;
use homing_engine::session::profile::ProfileError;
use homing_engine::session::{JoinError, SecretError};
use homing_engine::view::{ConnectionFailure, WedgeReason};
use homing_protocol::{CloseCode, Content};

/// The exit code. The numbers never change their meaning. `--help` has the same table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// Done; a message that was sent is on the server's disk.
    Done,
    /// Any other failure.
    Failed,
    /// The message is stored on this device but not on the server yet.
    Queued,
    /// The server refused it permanently.
    Refused,
    /// No such space, room, person or message on this device.
    NotFound,
    /// The server can't be reached, and the command needs it.
    Offline,
    /// The token can't be read or stored.
    NoToken,
    /// Another program uses the profile.
    Busy,
    /// Done, but the result can't be written to standard output.
    Unwritten,
}

impl Code {
    /// The number that the process returns. 2 is used by clap for invalid arguments.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Queued => 3,
            Self::Refused => 4,
            Self::NotFound => 5,
            Self::Offline => 6,
            Self::NoToken => 7,
            Self::Busy => 8,
            Self::Unwritten => 9,
        }
    }

    /// The name in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Queued => "queued",
            Self::Refused => "refused",
            Self::NotFound => "not_found",
            Self::Offline => "offline",
            Self::NoToken => "no_token",
            Self::Busy => "busy",
            Self::Unwritten => "unwritten",
        }
    }
}

/// Why a command failed: what happened, what it means, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An edit of somebody else's message.
const NOT_YOURS: &str = "you can only edit your own messages";
/// A deletion of somebody else's message, by who isn't an admin.
pub(crate) const NOT_YOURS_TO_DELETE: &str =
    "you can only delete your own messages. Admins can delete any";

/// An error with its chain of sources.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Secret(error) => error.into(),
            Error::Call(error @ CallError::Refused { .. }) => {
                Self::new(Code::Refused, chain(&error))
            }
            Error::Call(CallError::Connect(ConnectError::Proxy { trouble, .. })) => {
                Self::new(Code::Offline, proxy_error(trouble))
            }
            Error::Call(CallError::UnexpectedResponse { response, status }) => {
                Self::new(Code::Offline, unexpected_response(response, status))
            }
            Error::Call(error) => Self::new(Code::Offline, chain(&error)),
            Error::NoSuchRoom => Self::new(Code::NotFound, "you're no longer in this room"),
            Error::NoSuchMessage => {
                Self::new(Code::NotFound, "there's no such message on this device")
            }
            Error::NotYours => Self::new(Code::Refused, NOT_YOURS),
            Error::NotAnEmoji => {
                Self::new(Code::Failed, "that's not an emoji. Use one emoji, as in 👍")
            }
            error @ (Error::TooLarge { .. } | Error::HoldsNul) => {
                Self::new(Code::Refused, error.to_string())
            }
            error => Self::new(Code::Failed, chain(&error)),
        }
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        let text = match error {
            SecretError::Locked => {
                "the keyring is locked, so Homing can't sign in. Unlock it and try again"
            }
            SecretError::Absent => {
                "this system has no keyring, so there is no safe place for the token. \
                 To use a file instead, add --token-file"
            }
            SecretError::NotSetUp => {
                "no keyring is set up on this system, so there is no safe place for the token. \
                 Create one in the keyring's own program, or name a file with --token-file"
            }
            SecretError::Denied => {
                "access to the keyring was denied, so Homing can't sign in. \
                 Allow access and try again"
            }
            SecretError::Changed => {
                "the keyring no longer has this device's token. It was replaced or is locked. \
                 Unlock it, or join again with a new link"
            }
            SecretError::TimedOut => {
                "the keyring isn't responding. Check whether it asks for a password"
            }
            SecretError::Sealed => "the token is protected by a passphrase. Enter it in the app",
            SecretError::Failed(_) => "",
        };
        match error {
            SecretError::Failed(words) => Self::new(Code::NoToken, words),
            _ => Self::new(Code::NoToken, text),
        }
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        let (code, then) = match error {
            JoinError::NameTaken => (Code::Refused, ". Choose another with --as"),
            JoinError::InviteInvalid => (Code::Refused, ". Ask for a new link"),
            JoinError::LinkInvalid => (
                Code::Refused,
                ". Create a new one on the other device: Settings → Devices in the app, or `homing link`",
            ),
            JoinError::NameInvalid(_) | JoinError::TooManyDevices | JoinError::Refused(_) => {
                (Code::Refused, "")
            }
            JoinError::UnexpectedResponse { response, status } => {
                let text =
                    format!("{}. Nothing was changed", unexpected_response(response, status));
                return Self::new(Code::Offline, text);
            }
            JoinError::NameNotFound | JoinError::Unreachable => {
                (Code::Offline, ". Check the link and your network. Nothing was changed")
            }
            JoinError::Proxy { trouble } => return Self::new(Code::Offline, proxy_error(trouble)),
            JoinError::CertificateChanged { .. } => (
                Code::Offline,
                ": it's a different server, or someone is intercepting the connection. Ask for a new link",
            ),
            JoinError::CertificateUntrusted => (
                Code::Offline,
                ". Ask for a link with the fingerprint, which ends in ?fp=…, or add your \
                 company's certificate authority with --ca-file",
            ),
            JoinError::RateLimited { .. } => (Code::Failed, ". Wait a minute"),
            _ => (Code::Failed, ""),
        };
        Self::new(code, format!("{}{then}", chain(&error)))
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::InUse(folder) => Self::new(
                Code::Busy,
                format!(
                    "another program is using the profile {}. Wait until it's done, or use another \
                     profile with --data",
                    folder.display()
                ),
            ),
            ProfileError::AlreadyIn(record) => Self::new(
                Code::Failed,
                format!(
                    "this profile is already in {} as {}. To join as someone else, use another profile \
                     with --data",
                    record.name, record.user_name
                ),
            ),
            ProfileError::Secret(error) => error.into(),
            error => Self::new(Code::Failed, chain(&error)),
        }
    }
}

/// Why there is no connection, in a sentence.
pub(crate) fn no_connection(why: &ConnectionFailure) -> String {
    match why {
        ConnectionFailure::None => "not connected yet".to_owned(),
        ConnectionFailure::NoNetwork => "this computer isn't connected to a network".to_owned(),
        ConnectionFailure::NameNotFound => "can't find the server".to_owned(),
        ConnectionFailure::Unreachable => "the server isn't responding, or the network is down".to_owned(),
        ConnectionFailure::TimedOut => "the server isn't responding".to_owned(),
        ConnectionFailure::CertificateChanged { expected, found } => format!(
            "the certificate doesn't match the join link: it's a different server, or someone is \
             intercepting the connection. Expected {expected}, received {found}. Ask the server admin \
             for the fingerprint and a new link"
        ),
        ConnectionFailure::Proxy { trouble } => proxy_error(*trouble),
        ConnectionFailure::CertificateUntrusted => {
            "the system doesn't trust the server's certificate. Add your company's certificate \
             authority with --ca-file"
                .to_owned()
        }
        ConnectionFailure::UnexpectedResponse { response, status } => unexpected_response(*response, *status),
        ConnectionFailure::SignedOut => {
            "this device was signed out, by you on another device or by the server admin. Unsent messages \
             are kept and sent once you sign in again: create a device link on a device that's signed \
             in (Settings → Devices, or `homing link`) and run `homing join` with it"
                .to_owned()
        }
        ConnectionFailure::VersionUnsupported => {
            "this version of Homing isn't compatible with the server. Update the older one".to_owned()
        }
        ConnectionFailure::NoToken => "can't read the token".to_owned(),
        ConnectionFailure::Closed { code } => {
            let code = CloseCode(*code);
            let happened = code.words().happened;
            format!("the connection ended with close code {}. {happened}. {}", code.0, closed(code))
        }
    }
}

/// What to do about a close code. The shared advice is for the app, which stays, reconnects
/// automatically and has buttons; a command ends.
fn closed(code: CloseCode) -> &'static str {
    match code.0 {
        1000 | 1001 | 1012 | 1013 | 4001 | 4003 | 4008..=4499 => "Wait a moment",
        1011 | 4000 => "If it keeps happening, tell the server admin",
        1002 | 1003 | 1007 | 1009 | 4500 => "Update Homing and the server",
        1015 | 4002 | 4007 => "`homing doctor` shows what's wrong",
        4004 => "If it keeps happening, sign in again. Unsent messages are kept",
        4005 => "Wait a minute",
        4503 => "Close the other program",
        4505 => "Wait a minute, and stop any bot or script on this account",
        4507..=4999 => "Update Homing. A newer version may know the reason",
        _ if CloseCode::known().all(|known| known != code) => {
            "`homing doctor` shows what's in between"
        }
        _ => code.words().advice.trim_end_matches('.'),
    }
}

/// Explains an unexpected response, with advice.
fn unexpected_response(response: UnexpectedResponse, status: u16) -> String {
    let advice = match response {
        UnexpectedResponse::TokenMissing => {
            "Ask the server admin to have the proxy in front of the server pass Authorization on"
        }
        UnexpectedResponse::Blocked => "Ask the admin of that proxy or filter to let /v1/ through",
        UnexpectedResponse::ServerAway | UnexpectedResponse::ServerFailed => {
            "The server may be restarting; wait a moment"
        }
        UnexpectedResponse::Busy => "Wait a minute",
        UnexpectedResponse::HungUp => {
            "The server may be starting or full, or something on the way blocks WebSockets; wait a \
             moment"
        }
        UnexpectedResponse::Redirected => "Ask for a link with the final address",
        UnexpectedResponse::UpgradeSpoilt | UnexpectedResponse::SubprotocolHidden => {
            "Ask the server admin to run `homing-server doctor`"
        }
        UnexpectedResponse::NotHoming | UnexpectedResponse::NotHttp => {
            "Check the address. `homing doctor` shows what's there"
        }
    };
    match status {
        0 => format!("{response}. {advice}"),
        _ => format!("{response} (status {status}). {advice}"),
    }
}

/// Explains an error of the proxy, with advice.
fn proxy_error(trouble: ProxyError) -> String {
    let advice = match trouble {
        ProxyError::NeedsPassword | ProxyError::WrongPassword => {
            "Add them, as in --proxy http://user:password@proxy:3128"
        }
        ProxyError::Refuses => "Ask the proxy's admin to allow the server's name and port",
        ProxyError::NoWay => "Check the server's address and whether it is running",
        ProxyError::Unusable => {
            "Use a proxy that starts with http:// or socks5:// with --proxy, or turn it off with \
             --proxy none"
        }
        _ => "Check --proxy and the environment. `homing doctor` shows which one is used",
    };
    format!("{trouble}. {advice}")
}

/// Why the server refused a message, or a change of this kind, permanently: in a clause.
pub(crate) fn wedged(reason: WedgeReason, kind: &str) -> &'static str {
    match reason {
        WedgeReason::NotMember => "you're no longer in this room",
        WedgeReason::NoSuchMessage => "the message was deleted",
        WedgeReason::Forbidden => match kind {
            Content::EDIT => NOT_YOURS,
            Content::REACT => "the message has as many different reactions as it can have",
            Content::REDACT => NOT_YOURS_TO_DELETE,
            Content::PIN => "you don't have permission to pin messages here",
            _ => "you don't have permission to send this here",
        },
        WedgeReason::TooLarge => "too long",
        WedgeReason::HoldsNul => "it contains the character U+0000, which no message can",
        WedgeReason::CidReused => "duplicate ID, from a copy of this device's data",
        WedgeReason::Refused => "rejected by the server",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_told_apart_and_stay() {
        for (code, number) in [
            (Code::Done, 0),
            (Code::Failed, 1),
            (Code::Queued, 3),
            (Code::Refused, 4),
            (Code::NotFound, 5),
            (Code::Offline, 6),
            (Code::NoToken, 7),
            (Code::Busy, 8),
            (Code::Unwritten, 9),
        ] {
            assert_eq!(code.number(), number, "{}", code.name());
            let line = format!("  {number}  ");
            assert!(crate::args::EXIT_CODES.contains(&line), "{number} stands in --help");
        }
    }

    #[test]
    fn whatever_stands_in_the_way_has_a_sentence_and_no_run_of_blanks() {
        let proxies = [
            ProxyError::NotFound,
            ProxyError::NeedsPassword,
            ProxyError::Refuses,
            ProxyError::NoWay,
            ProxyError::Unusable,
        ];
        let responses = UnexpectedResponse::ALL
            .map(|response| ConnectionFailure::UnexpectedResponse { response, status: 502 });
        let all = responses
            .into_iter()
            .chain(proxies.map(|trouble| ConnectionFailure::Proxy { trouble }));
        for why in
            all.chain([ConnectionFailure::SignedOut, ConnectionFailure::Closed { code: 4505 }])
        {
            let said = no_connection(&why);
            assert!(!said.contains("  "), "{said}");
            assert!(said.contains(". "), "what it is, and what to do: {said}");
        }
    }

    /// They follow "homing: " or "not connected to Loft: ", and more may follow them.
    #[test]
    fn every_reason_is_a_clause_and_then_what_to_do() {
        let secrets = [
            SecretError::Locked,
            SecretError::Absent,
            SecretError::NotSetUp,
            SecretError::Denied,
            SecretError::Changed,
            SecretError::TimedOut,
            SecretError::Sealed,
        ];
        let troubles = [
            ProxyError::NotFound,
            ProxyError::Unreachable,
            ProxyError::NeedsPassword,
            ProxyError::WrongPassword,
            ProxyError::Refuses,
            ProxyError::NoWay,
            ProxyError::Unusable,
        ];
        let joining = [
            JoinError::NameTaken,
            JoinError::InviteInvalid,
            JoinError::LinkInvalid,
            JoinError::TooManyDevices,
            JoinError::NameNotFound,
            JoinError::Unreachable,
            JoinError::CertificateUntrusted,
        ];
        let links = [
            ConnectionFailure::NoNetwork,
            ConnectionFailure::NameNotFound,
            ConnectionFailure::Unreachable,
            ConnectionFailure::TimedOut,
            ConnectionFailure::CertificateUntrusted,
            ConnectionFailure::SignedOut,
            ConnectionFailure::VersionUnsupported,
            ConnectionFailure::NoToken,
        ];
        let codes = CloseCode::known().map(|code| code.0).chain([999, 3999, 4400, 4700]);
        let closes = codes.map(|code| ConnectionFailure::Closed { code });
        let responses = UnexpectedResponse::ALL
            .map(|response| ConnectionFailure::UnexpectedResponse { response, status: 502 });
        let mut texts: Vec<String> = secrets.map(|error| Failure::from(error).text).into();
        texts.extend(troubles.map(proxy_error));
        texts.extend(joining.map(|error| Failure::from(error).text));
        let changes = [Error::NoSuchRoom, Error::NoSuchMessage, Error::NotYours, Error::NotAnEmoji];
        texts.extend(changes.map(|error| Failure::from(error).text));
        let kinds = ["message", "edit", "react", "redact", "pin"];
        for reason in [WedgeReason::NotMember, WedgeReason::NoSuchMessage, WedgeReason::Forbidden] {
            texts.extend(kinds.map(|kind| wedged(reason, kind).to_owned()));
        }
        let links = links.into_iter().chain(closes).chain(responses);
        texts.extend(links.map(|why| no_connection(&why)));
        for text in texts {
            let begins = text.starts_with(char::is_lowercase) || text.starts_with("Homing ");
            assert!(begins && !text.contains("  ") && !text.contains(".."), "{text}");
            assert!(!text.ends_with(['.', '?', '!']), "{text}");
            // A command has ended when this is read, and it has no buttons.
            for app in
                ["keeps trying", "reconnect", "tries again", "Try now", "Doctor", "Inspector"]
            {
                assert!(!text.contains(app), "{text}");
            }
        }
    }

    #[test]
    fn a_missing_keyring_names_the_way_out() {
        for missing in [SecretError::Absent, SecretError::NotSetUp] {
            let failure = Failure::from(missing);
            assert_eq!(failure.code, Code::NoToken);
            assert!(failure.text.contains("--token-file"), "{failure}");
        }
    }
}
