//! The HTTP API of a signed-in device.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use homing_protocol::fold::Revision;
use homing_protocol::http::{
    AddMembers, Device, Devices, EditMe, Invite, LinkCode, MemberReceipt, Members, NewInvite,
    NewRoom, PublicRoom, Receipts, RenameDevice, RenameSpace, Revisions, RoomMade, Rooms,
};
use homing_protocol::link::Address;
use homing_protocol::{
    Cid, DeviceId, DeviceLink, JoinLink, MessageRef, Role, RoomId, RoomKind, UserId,
};
use http::Method;
use rand::rngs::StdRng;

use super::device_link::DeviceLinkOffer;
use super::http::HttpClient;
use super::record::SpaceRecord;
use crate::clock::{Clock, new_cid};
use crate::error::{CallError, Error};
use crate::net::connector::Connector;
use crate::secret::{Secret, SecretError, SecretStore, with_keyring_timeout};

/// The maximum number of pages of the list of public rooms: 20,000 rooms, more than anybody reads.
const MOST_PAGES: usize = 40;
/// The maximum number of pages of a message's texts. Edits are limited by a rate, so this takes a
/// program many hours, and no person gets there.
const MOST_REVISION_PAGES: usize = 20;

/// Whether it can be used in a URL without escaping.
fn is_cursor(text: &str) -> bool {
    text.len() <= 4096
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A room to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoomSpec {
    /// Identifies this attempt: a repetition with the same id returns the room that the first one
    /// created. `None`: a new attempt.
    pub attempt: Option<Cid>,
    /// Public or private. A direct room is created by
    /// [`Handle::open_direct`](crate::Handle::open_direct).
    pub kind: RoomKind,
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub topic: String,
    /// Its other members.
    pub members: Vec<UserId>,
}

/// A new password for the person's account.
#[derive(Clone, Default)]
pub struct NewPassword {
    /// The new password; `None` keeps the old one.
    pub new: Option<String>,
    /// The current password, if there is one: the server checks it.
    pub current: Option<String>,
    /// Whether to sign out the person's other devices.
    pub sign_out_others: bool,
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (others, out) = (self.sign_out_others, &mut f.debug_struct("NewPassword"));
        out.field("sign_out_others", &others).finish_non_exhaustive()
    }
}

/// A client for the HTTP API of the server, beside the socket.
pub struct Api {
    record: SpaceRecord,
    connector: Arc<dyn Connector>,
    secrets: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
    held: Mutex<TokenState>,
}

/// The mutable state. It is locked only briefly, never across an await.
struct TokenState {
    token: Option<Secret>,
    /// The keyring's last answer, if the person refused.
    refused: Option<SecretError>,
    rng: StdRng,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("record", &self.record).finish_non_exhaustive()
    }
}

impl Api {
    pub(crate) fn new(
        record: SpaceRecord,
        connector: Arc<dyn Connector>,
        secrets: Arc<dyn SecretStore>,
        clock: Arc<dyn Clock>,
        rng: StdRng,
    ) -> Self {
        let held = Mutex::new(TokenState { token: None, refused: None, rng });
        Self { record, connector, secrets, clock, held }
    }

    pub(crate) const fn record(&self) -> &SpaceRecord {
        &self.record
    }

    pub(crate) const fn address(&self) -> &Address {
        &self.record.address
    }

    pub(crate) fn connector(&self) -> &dyn Connector {
        &*self.connector
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The token, from memory or the keyring. It waits while the keyring's dialog is open: asking
    /// again after a timeout would show a dialog again that was closed in the meantime.
    pub(crate) async fn token(&self) -> Result<Secret, SecretError> {
        let held = self.held().token.clone();
        match held {
            Some(token) => Ok(token),
            None => self.ask_for_token().await,
        }
    }

    /// The token for a request. After the keyring's dialog was closed, the keyring is not asked
    /// until somebody does so on purpose: a window makes many requests, and each would show the
    /// dialog again.
    async fn token_for_call(&self) -> Result<Secret, SecretError> {
        let (held, refused) = {
            let held = self.held();
            (held.token.clone(), held.refused.clone())
        };
        match (held, refused) {
            (Some(token), _) => Ok(token),
            (None, Some(refused)) => Err(refused),
            (None, None) => self.read_token().await,
        }
    }

    /// The token from the keyring, if it answers in time.
    pub(crate) async fn read_token(&self) -> Result<Secret, SecretError> {
        with_keyring_timeout(self.ask_for_token()).await
    }

    async fn ask_for_token(&self) -> Result<Secret, SecretError> {
        let found = self.secrets.get(&self.record.secret_name()).await;
        // A token was written when this device signed in.
        let answer = found.and_then(|found| found.ok_or(SecretError::Changed));
        let mut held = self.held();
        held.refused = answer.as_ref().err().filter(|why| why.is_refusal()).cloned();
        if let Ok(token) = &answer {
            held.token = Some(token.clone());
        }
        answer
    }

    pub(crate) async fn create_room(&self, spec: NewRoomSpec) -> Result<RoomId, Error> {
        let body = NewRoom {
            key: spec.attempt.unwrap_or_else(|| new_cid(self.clock.now_ms(), &mut self.held().rng)),
            kind: spec.kind,
            name: spec.name,
            topic: spec.topic,
            members: spec.members,
        };
        let token = self.token_for_call().await?;
        let made = self.server(&token).call(Method::POST, "/v1/rooms", Some(&body)).await;
        let made: RoomMade = match made {
            // The request is repeated after a lost connection, which the attempt's id makes
            // harmless.
            Err(CallError::Cut(_) | CallError::TimedOut) => {
                self.server(&token).call(Method::POST, "/v1/rooms", Some(&body)).await?
            }
            made => made?,
        };
        Ok(made.room)
    }

    pub(crate) async fn join_room(&self, room: RoomId) -> Result<(), Error> {
        self.tell(Method::POST, &format!("/v1/rooms/{room}/join"), None::<&()>).await
    }

    pub(crate) async fn leave_room(&self, room: RoomId) -> Result<(), Error> {
        self.tell(Method::POST, &format!("/v1/rooms/{room}/leave"), None::<&()>).await
    }

    pub(crate) async fn add_members(&self, room: RoomId, users: Vec<UserId>) -> Result<(), Error> {
        let path = format!("/v1/rooms/{room}/members");
        self.tell(Method::POST, &path, Some(&AddMembers { users })).await
    }

    pub(crate) async fn remove_member(&self, room: RoomId, user: UserId) -> Result<(), Error> {
        self.tell(Method::DELETE, &format!("/v1/rooms/{room}/members/{user}"), None::<&()>).await
    }

    pub(crate) async fn members(&self, room: RoomId) -> Result<Vec<UserId>, Error> {
        let members: Members = self.get(&format!("/v1/rooms/{room}/members")).await?;
        Ok(members.users)
    }

    pub(crate) async fn receipts(&self, room: RoomId) -> Result<Vec<MemberReceipt>, Error> {
        let told: Receipts = self.get(&format!("/v1/rooms/{room}/receipts")).await?;
        Ok(told.receipts)
    }

    /// The texts that a message had, oldest first.
    pub(crate) async fn revisions(
        &self,
        room: RoomId,
        of: MessageRef,
    ) -> Result<Vec<Revision>, Error> {
        let path = format!("/v1/rooms/{room}/messages/{}/{}/revisions", of.user, of.cid);
        let mut page: Revisions = self.get(&path).await?;
        let mut revisions = page.revisions;
        let mut pages = 1;
        while let Some(next) = page.next.filter(|_| pages < MOST_REVISION_PAGES) {
            page = self.get(&format!("{path}?after={next}")).await?;
            revisions.append(&mut page.revisions);
            pages += 1;
        }
        Ok(revisions)
    }

    pub(crate) async fn public_rooms(&self) -> Result<Vec<PublicRoom>, Error> {
        let mut page: Rooms = self.get("/v1/rooms").await?;
        let mut rooms = page.rooms;
        let mut pages = 1;
        while let Some(next) = page.next.filter(|next| is_cursor(next) && pages < MOST_PAGES) {
            page = self.get(&format!("/v1/rooms?after={next}")).await?;
            rooms.append(&mut page.rooms);
            pages += 1;
        }
        // A room that was renamed in the meantime can be on two pages.
        let mut seen = BTreeSet::new();
        rooms.retain(|room| seen.insert(room.room));
        Ok(rooms)
    }

    pub(crate) async fn invite(
        &self,
        role: Role,
        uses: Option<u32>,
        lifetime: Option<Duration>,
    ) -> Result<JoinLink, Error> {
        let body = NewInvite { role, uses, lifetime_s: lifetime.map(|life| life.as_secs()) };
        let token = self.token_for_call().await?;
        let made: Invite =
            self.server(&token).call(Method::POST, "/v1/invites", Some(&body)).await?;
        // The server may not know the address by which it is reached from outside. This device's
        // address works.
        Ok(JoinLink { address: self.record.address.clone(), code: made.code })
    }

    pub(crate) async fn devices(&self) -> Result<Vec<Device>, Error> {
        let devices: Devices = self.get("/v1/devices").await?;
        Ok(devices.devices)
    }

    pub(crate) async fn rename_space(&self, name: String) -> Result<(), Error> {
        self.tell(Method::PATCH, "/v1/space", Some(&RenameSpace { name })).await
    }

    pub(crate) async fn rename_device(&self, device: DeviceId, name: String) -> Result<(), Error> {
        let path = format!("/v1/devices/{device}");
        self.tell(Method::PATCH, &path, Some(&RenameDevice { name })).await
    }

    pub(crate) async fn revoke_device(&self, device: DeviceId) -> Result<(), Error> {
        self.tell(Method::DELETE, &format!("/v1/devices/{device}"), None::<&()>).await
    }

    pub(crate) async fn create_device_link(&self) -> Result<DeviceLinkOffer, Error> {
        let token = self.token_for_call().await?;
        let made: LinkCode =
            self.server(&token).call(Method::POST, "/v1/devices/link", None::<&()>).await?;
        let link = DeviceLink { address: self.record.address.clone(), code: made.code };
        Ok(DeviceLinkOffer { link, lifetime: Duration::from_millis(made.lifetime_ms) })
    }

    pub(crate) async fn revoke_device_link(&self) -> Result<(), Error> {
        self.tell(Method::DELETE, "/v1/devices/link", None::<&()>).await
    }

    pub(crate) async fn sign_out(&self) -> Result<(), Error> {
        match self.revoke_device(self.record.device).await {
            // The device was revoked from elsewhere already, which is the desired result.
            Err(Error::Call(CallError::Refused {
                code: homing_protocol::ErrorCode::Unauthorized,
                ..
            })) => Ok(()),
            other => other,
        }
    }

    pub(crate) async fn edit_me(
        &self,
        name: Option<String>,
        password: Option<NewPassword>,
    ) -> Result<(), Error> {
        let password = password.unwrap_or_default();
        let change = EditMe {
            name,
            password: password.new,
            current_password: password.current,
            sign_out_others: password.sign_out_others,
        };
        self.tell(Method::PATCH, "/v1/me", Some(&change)).await
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let token = self.token_for_call().await?;
        Ok(self.server(&token).call(Method::GET, path, None::<&()>).await?)
    }

    async fn tell(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl serde::Serialize>,
    ) -> Result<(), Error> {
        let token = self.token_for_call().await?;
        Ok(self.server(&token).tell(method, path, body).await?)
    }

    fn server<'a>(&'a self, token: &'a Secret) -> HttpClient<'a> {
        HttpClient {
            connector: &*self.connector,
            address: &self.record.address,
            token: Some(token),
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, TokenState> {
        // A thread that panicked with the lock left complete values.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
