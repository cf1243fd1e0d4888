//! That a rule may wait. SQLite answers at once, so no test over it would notice a rule which an
//! engine beyond a network can't run: there a rule that waits goes on on another thread.

use homing_protocol::frame::{Send as NewEvents, UserKey};
use homing_protocol::{DeviceId, InviteId, MessageRef, Pos, RoomId, Seq, Useq, UserId};
use serde_json::Value;

use super::*;
use crate::auth::secret::Hash;
use crate::store::transaction::{ReadTransaction, WriteTransaction};
use crate::store::{
    AccountUpdate, JoinRequest, LinkSignIn, LogForm, LogRange, NewDevice, NewInvite, NewRoom,
    StoreError,
};

/// Whatever a request may bring.
struct Asked {
    person: UserId,
    device: DeviceId,
    room: RoomId,
    message: MessageRef,
    invite: InviteId,
    code: Hash,
    joining: JoinRequest,
    linking: LinkSignIn,
    new_device: NewDevice,
    new_invite: NewInvite,
    new_room: NewRoom,
    changed: AccountUpdate,
    people: Vec<UserId>,
    batch: NewEvents,
    key: UserKey,
    value: Value,
    seqs: Vec<(RoomId, Seq)>,
}

fn may_move<T>(_: impl Future<Output = Result<T, StoreError>> + Send) {}

#[expect(dead_code, reason = "it has to compile, and nothing else")]
fn writing_may_move_to_another_thread<T: WriteTransaction + Send>(tx: &mut T, asked: Asked) {
    let Asked { person, device, room, code, .. } = asked;
    may_move(space::create(tx, ""));
    may_move(space::renew_epoch(tx));
    may_move(space::rename(tx, Some(person), ""));
    may_move(account::join(tx, &asked.joining));
    may_move(account::change(tx, person, &asked.changed));
    may_move(account::remove(tx, person));
    may_move(device::add(tx, person, &asked.new_device, None));
    may_move(device::touch(tx, device));
    may_move(device::rename(tx, person, device, ""));
    may_move(device::remove(tx, person, device));
    may_move(invite::add(tx, &asked.new_invite));
    may_move(invite::withdraw(tx, Some(person), asked.invite));
    may_move(link::link(tx, &asked.linking));
    may_move(room::make(tx, person, &asked.new_room));
    may_move(room::enter(tx, person, room));
    may_move(room::leave(tx, person, room));
    may_move(room::add(tx, person, room, &asked.people));
    may_move(room::remove(tx, person, room, person));
    may_move(removal::empty(tx, room));
    may_move(removal::delete_part(tx, room));
    may_move(log::append(tx, person, asked.batch));
    may_move(own::set(tx, person, asked.key, asked.value));
    may_move(own::mark(tx, person, room, Seq(1)));
    may_move(own::ack(tx, person, &asked.seqs));
    may_move(invite::usable(tx, code, 0));
}

#[expect(dead_code, reason = "it has to compile, and nothing else")]
fn reading_may_move_to_another_thread<T: ReadTransaction + Send>(tx: &mut T, asked: &Asked) {
    let (person, device, room) = (asked.person, asked.device, asked.room);
    may_move(space::read(tx));
    may_move(invite::usable(tx, asked.code, 0));
    may_move(invite::list(tx, Some(person), 0));
    may_move(link::find(tx, asked.code, 0));
    may_move(read::public_rooms(tx, person, ""));
    may_move(read::members(tx, person, room));
    may_move(read::receipts(tx, person, room));
    may_move(page::pull(tx, person, room, LogRange::After(Seq(0), 1), LogForm::Folded));
    may_move(page::revisions(tx, person, room, asked.message, Seq(0)));
    may_move(read::own(tx, person, Useq(0), 1));
    may_move(read::snapshot(tx, person, Pos(0)));
    may_move(read::heads(tx, person, device));
}
