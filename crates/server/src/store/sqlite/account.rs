//! The space, its people and their devices.

use homing_protocol::frame::UserKey;
use homing_protocol::http::DeviceName;
use homing_protocol::{
    Cid, CloseCode, DeviceId, Epoch, ErrorCode, Pos, Role, RoomId, RoomKind, SpaceId, UserId,
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::desk::Writing;
use super::row::{Count, Id, RoleRow};
use super::{invite, link, names, own, read, room};
use crate::auth::secret::Hash;
use crate::auth::{look, name};
use crate::clock::{Clock, Random, new_id};
use crate::store::change::Audience;
use crate::store::{Change, Changed, Joined, Joining, NewDevice, NewRoom, Space, StoreError};

/// The room that everybody is put into.
const ENTRANCE: &str = "general";

/// Makes the space, unless it is there.
pub(super) fn found(
    sql: &Connection,
    name: &str,
    clock: &dyn Clock,
    random: &dyn Random,
) -> rusqlite::Result<()> {
    let id = SpaceId(new_id(clock, random));
    sql.execute(
        "INSERT INTO space (one, id, name, epoch, created) VALUES (1, ?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
        params![Id(id.0), name, epoch_bits(new_epoch(random)), clock.now_ms()],
    )?;
    Ok(())
}

fn new_epoch(random: &dyn Random) -> Epoch {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    Epoch(u64::from_le_bytes(bytes))
}

const fn epoch_bits(epoch: Epoch) -> i64 {
    epoch.0.cast_signed()
}

pub(super) fn renew_epoch(tx: &Writing<'_>) -> Result<(), StoreError> {
    tx.sql.execute("UPDATE space SET epoch = ?1", [epoch_bits(new_epoch(tx.random()))])?;
    Ok(())
}

/// See [`Store::join`](crate::store::Store::join).
pub(super) fn join(tx: &mut Writing<'_>, joining: &Joining) -> Result<Joined, StoreError> {
    if let Some(joined) = signed_in_before(tx, joining.key, joining.code, joining.device.token)? {
        return Ok(joined);
    }
    let invite = invite::valid(tx.sql, joining.code, tx.now())?;
    names::must_be_free(tx, &joining.name, None)?;
    let (person, look) = (UserId(tx.new_id()), look::of(&joining.name));
    let pos = tx.next_pos()?;
    tx.sql
        .prepare_cached(
            "INSERT INTO people (id, name, name_key, role, password, pos, created, look, look_folded)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            Id(person.0),
            joining.name.shown,
            joining.name.key,
            RoleRow(invite.role),
            joining.password,
            Count(pos.0),
            tx.now(),
            look.written,
            look.folded,
        ])?;
    tx.sql
        .prepare_cached(
            "UPDATE invites SET uses_left = uses_left - 1
             WHERE code = ?1 AND uses_left IS NOT NULL",
        )?
        .execute([joining.code.0])?;
    let device = add_device(tx, person, &joining.device, Some((joining.key, joining.code)))?;
    tx.tell(Change::Digest { to: Audience::All, pos });
    if invite.role > Role::Guest {
        let entrances: Vec<Id> = tx
            .sql
            .prepare_cached("SELECT id FROM rooms WHERE entrance = 1")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for entrance in &entrances {
            room::enter_entrance(tx, person, RoomId(entrance.0))?;
        }
        if entrances.is_empty() {
            make_entrance(tx, person)?;
        }
    }
    Ok(Joined { person, name: joining.name.shown.clone(), device })
}

fn make_entrance(tx: &mut Writing<'_>, person: UserId) -> Result<(), StoreError> {
    let room = NewRoom {
        key: Cid(tx.new_id()),
        kind: RoomKind::Public,
        name: name::read(ENTRANCE, ENTRANCE.len()),
        topic: String::new(),
        people: Vec::new(),
    };
    room::insert(tx, person, &room, None, true)?;
    Ok(())
}

/// The answer to a join or a link may be lost on its way; the same key brings it again, with a new
/// token because nobody knows the old one.
pub(super) fn signed_in_before(
    tx: &Writing<'_>,
    key: Cid,
    code: Hash,
    token: Hash,
) -> Result<Option<Joined>, StoreError> {
    let known: Option<(Id, Id, String)> = tx
        .sql
        .prepare_cached(
            "SELECT d.id, p.id, p.name FROM devices d JOIN people p ON p.id = d.person
             WHERE d.join_key = ?1 AND d.join_code = ?2 AND p.gone = 0",
        )?
        .query_row(params![Id(key.0), code.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((device, person, name)) = known else {
        let used: bool = tx
            .sql
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM devices WHERE join_key = ?1)")?
            .query_row([Id(key.0)], |row| row.get(0))?;
        if used {
            return Err(StoreError::refused(
                ErrorCode::Invalid,
                "this key was already used with another code, or by a disabled account",
            ));
        }
        return Ok(None);
    };
    tx.sql
        .prepare_cached("UPDATE devices SET token = ?2 WHERE id = ?1")?
        .execute(params![device, token.0])?;
    Ok(Some(Joined { person: UserId(person.0), name, device: DeviceId(device.0) }))
}

/// See [`Store::add_device`](crate::store::Store::add_device).
pub(super) fn add_device(
    tx: &mut Writing<'_>,
    person: UserId,
    device: &NewDevice,
    join: Option<(Cid, Hash)>,
) -> Result<DeviceId, StoreError> {
    let count: u32 = tx
        .sql
        .prepare_cached("SELECT count(*) FROM devices WHERE person = ?1")?
        .query_row([Id(person.0)], |row| row.get(0))?;
    if count >= device.most {
        return Err(StoreError::refused(
            ErrorCode::TooManyDevices,
            format!("an account can have up to {} devices; sign one out first", device.most),
        ));
    }
    let id = DeviceId(tx.new_id());
    let now = tx.now();
    tx.sql
        .prepare_cached(
            "INSERT INTO devices (id, person, name, token, join_key, join_code, created, last_seen)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        )?
        .execute(params![
            Id(id.0),
            Id(person.0),
            device.name,
            device.token.0,
            join.map(|(key, _)| Id(key.0)),
            join.map(|(_, code)| code.0),
            now,
        ])?;
    if count > 0 {
        tell_devices(tx, person)?;
    }
    Ok(id)
}

/// Tells a person's devices which of them there are.
fn tell_devices(tx: &mut Writing<'_>, person: UserId) -> Result<(), StoreError> {
    let devices: Vec<_> = read::devices(tx.sql, person)?
        .into_iter()
        .map(|device| DeviceName { id: device.id, name: device.name })
        .collect();
    let value = serde_json::to_value(devices).expect("ids and names are strings");
    own::put(tx, person, UserKey::Devices, value)?;
    Ok(())
}

pub(super) fn touch(tx: &Writing<'_>, device: DeviceId) -> Result<(), StoreError> {
    tx.sql
        .prepare_cached("UPDATE devices SET last_seen = ?2 WHERE id = ?1")?
        .execute(params![Id(device.0), tx.now()])?;
    Ok(())
}

/// See [`Store::rename_device`](crate::store::Store::rename_device).
pub(super) fn rename_device(
    tx: &mut Writing<'_>,
    person: UserId,
    device: DeviceId,
    name: &str,
) -> Result<(), StoreError> {
    let renamed = tx
        .sql
        .prepare_cached("UPDATE devices SET name = ?3 WHERE id = ?1 AND person = ?2")?
        .execute(params![Id(device.0), Id(person.0), name])?;
    if renamed == 0 {
        return Err(no_such_device());
    }
    tell_devices(tx, person)
}

/// Also of somebody else's: nobody finds out whether there is one.
fn no_such_device() -> StoreError {
    StoreError::refused(ErrorCode::NotFound, "no such device")
}

/// See [`Store::remove_device`](crate::store::Store::remove_device).
pub(super) fn remove_device(
    tx: &mut Writing<'_>,
    person: UserId,
    device: DeviceId,
) -> Result<(), StoreError> {
    let removed = tx
        .sql
        .prepare_cached("DELETE FROM devices WHERE id = ?1 AND person = ?2")?
        .execute([Id(device.0), Id(person.0)])?;
    if removed == 0 {
        return Err(no_such_device());
    }
    tx.tell(Change::Dismissed { person, device: Some(device), code: CloseCode::SIGNED_OUT });
    tell_devices(tx, person)?;
    Ok(())
}

/// See [`Store::change_person`](crate::store::Store::change_person).
pub(super) fn change(
    tx: &mut Writing<'_>,
    person: UserId,
    changed: &Changed,
) -> Result<(), StoreError> {
    if let Some(name) = &changed.name {
        names::must_be_free(tx, name, Some(person))?;
    }
    let look = changed.name.as_ref().map(look::of);
    let pos = tx.next_pos()?;
    let touched = tx
        .sql
        .prepare_cached(
            "UPDATE people SET name = coalesce(?2, name), name_key = coalesce(?3, name_key),
                    password = coalesce(?4, password), role = coalesce(?5, role),
                    gone = coalesce(?6, gone), pos = ?7,
                    look = coalesce(?8, look), look_folded = coalesce(?9, look_folded)
             WHERE id = ?1",
        )?
        .execute(params![
            Id(person.0),
            changed.name.as_ref().map(|name| &name.shown),
            changed.name.as_ref().map(|name| &name.key),
            changed.password,
            changed.role.map(RoleRow),
            changed.gone,
            Count(pos.0),
            look.as_ref().map(|look| &look.written),
            look.as_ref().map(|look| &look.folded),
        ])?;
    if touched == 0 {
        return Err(StoreError::refused(ErrorCode::NotFound, "no such member"));
    }
    if changed.gone == Some(true) {
        // What they handed out ends, and stays ended when they are let in again.
        invite::withdraw_all(tx, person)?;
        link::withdraw_all(tx, person)?;
        tx.tell(Change::Dismissed { person, device: None, code: CloseCode::ACCOUNT_DISABLED });
    }
    if let Some(kept) = changed.only_device {
        let others = read::devices(tx.sql, person)?.into_iter().filter(|other| other.id != kept);
        for other in others {
            remove_device(tx, person, other.id)?;
        }
    }
    must_have_owner(tx)?;
    tell_people(tx, pos);
    Ok(())
}

fn tell_people(tx: &mut Writing<'_>, pos: Pos) {
    tx.tell(Change::Digest { to: Audience::All, pos });
}

/// See [`Store::rename_space`](crate::store::Store::rename_space).
pub(super) fn rename_space(
    tx: &mut Writing<'_>,
    by: Option<UserId>,
    name: &str,
) -> Result<Space, StoreError> {
    if let Some(by) = by
        && room::role(tx.sql, by)?.is_none_or(|role| role < Role::Admin)
    {
        return Err(StoreError::refused(
            ErrorCode::Forbidden,
            "only owners and admins can rename the space",
        ));
    }
    tx.sql.execute("UPDATE space SET name = ?1", [name])?;
    let pos = tx.next_pos()?;
    tx.tell(Change::Digest { to: Audience::All, pos });
    read::space(tx.sql)
}

/// There is always at least one owner, once there was one.
fn must_have_owner(tx: &Writing<'_>) -> Result<(), StoreError> {
    let owned: bool = tx
        .sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM people WHERE role = 3 AND gone = 0)")?
        .query_row([], |row| row.get(0))?;
    if owned {
        return Ok(());
    }
    Err(StoreError::refused(
        ErrorCode::Forbidden,
        "this is the last owner; make someone else an owner first",
    ))
}

/// See [`Store::remove_person`](crate::store::Store::remove_person).
pub(super) fn remove(tx: &mut Writing<'_>, person: UserId) -> Result<(), StoreError> {
    let gone = Changed { gone: Some(true), ..Changed::default() };
    change(tx, person, &gone)?;
    room::leave_all(tx, person)?;
    tx.sql.prepare_cached("DELETE FROM devices WHERE person = ?1")?.execute([Id(person.0)])?;
    tx.sql
        .prepare_cached("UPDATE people SET password = NULL WHERE id = ?1")?
        .execute([Id(person.0)])?;
    Ok(())
}
