//! What admins and the host see, rename and end: the space, invitations and rooms; and whose name is
//! free.

use super::*;

/// An invitation is worth what its maker may do when it is used, whatever they could when they made it.
pub(super) async fn an_invitation_has_the_rights_of_now(subject: Subject) {
    let store = &subject.store;
    let owner = subject.join("Ada", Role::Owner).await;
    let roles = [Role::Guest, Role::Member, Role::Admin, Role::Owner];
    let become_role = |role| AccountUpdate { role: Some(role), ..AccountUpdate::default() };
    let gone = |gone| AccountUpdate { gone: Some(gone), ..AccountUpdate::default() };
    for invited in roles {
        let maker = subject.join(&format!("maker of {invited:?}"), Role::Owner).await;
        let code = Hash::of_code(&format!("{invited:?}"));
        let invite = |by| NewInvite {
            code,
            role: invited,
            by: Some(by),
            uses: None,
            expires: None,
            founding: false,
        };
        store.add_invite(invite(maker)).await.unwrap();
        for now in roles {
            store.change_person(maker, become_role(now)).await.unwrap();
            let allowed = now >= Role::Admin && invited <= now;
            let seen = store.invite(code).await;
            assert_eq!(seen.is_ok(), allowed, "{invited:?} by who is now {now:?}");
            let listed = store.invites(Some(owner)).await.unwrap();
            assert_eq!(listed.len(), usize::from(allowed), "{invited:?} by {now:?}");
            assert_eq!(store.invites(Some(maker)).await.is_ok(), now >= Role::Admin);
            // Who may withdraw it is who may make it.
            let fresh = Hash::of_code(&format!("{invited:?} {now:?}"));
            let by_owner = NewInvite { code: fresh, ..invite(owner) };
            store.add_invite(by_owner).await.unwrap();
            let is_other = |kept: &&StoredInvite| kept.by == Some(owner);
            let id = store.invites(None).await.unwrap().iter().find(is_other).unwrap().id;
            let withdrawn = store.withdraw_invite(Some(maker), id).await;
            assert_eq!(withdrawn.is_ok(), allowed, "{now:?} withdraws {invited:?}");
            if !allowed {
                assert_eq!(refused(withdrawn), ErrorCode::Forbidden);
                store.withdraw_invite(None, id).await.unwrap();
            }
            assert_eq!(refused(store.invite(fresh).await), ErrorCode::InviteInvalid);
            assert_eq!(refused(store.withdraw_invite(None, id).await), ErrorCode::NotFound);
        }
        store.change_person(maker, gone(true)).await.unwrap();
        assert_eq!(refused(store.invite(code).await), ErrorCode::InviteInvalid);
        store.change_person(maker, gone(false)).await.unwrap();
        assert_eq!(refused(store.invite(code).await), ErrorCode::InviteInvalid, "it stays ended");
    }
}

/// However many public rooms there are, the pages tell each of them once, in order.
pub(super) async fn public_rooms_come_in_pages(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let guest = subject.join("Gus", Role::Guest).await;
    let names: Vec<String> = (0..1100).map(|n| format!("room {n:04}")).collect();
    let made = names.iter().map(|called| {
        let room = NewRoom {
            key: cid(),
            kind: RoomKind::Public,
            name: name::read(called, 64),
            topic: String::new(),
            people: Vec::new(),
        };
        subject.store.make_room(ada, room)
    });
    for made in join_all(made).await {
        made.unwrap();
    }
    let mut told = Vec::new();
    let (mut after, mut pages) = (String::new(), 0);
    loop {
        let page = subject.store.public_rooms(ada, after).await.unwrap();
        told.extend(page.rooms.into_iter().map(|room| room.name));
        pages += 1;
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!((pages, &told[0]), (3, &"general".to_owned()));
    assert_eq!(told[1..], names);
    let page = subject.store.public_rooms(guest, String::new()).await.unwrap();
    assert_eq!((page.rooms.len(), page.next), (0, None));
}

/// A room that the host takes away is gone for everybody, and its name and people are free.
pub(super) async fn a_removed_room_is_gone_with_all_that_was_said(mut subject: Subject) {
    let (ada, bob) =
        (subject.join("Ada", Role::Owner).await, subject.join("Bob", Role::Member).await);
    let loft = || NewRoom {
        key: cid(),
        kind: RoomKind::Public,
        name: name::read("Loft", 64),
        topic: String::new(),
        people: vec![bob],
    };
    let room = subject.store.make_room(ada, loft()).await.unwrap().room;
    // More than is deleted at once.
    let writes = (0..70).map(|_| {
        let items = (0..16).map(|_| item(cid(), "x")).collect();
        subject.store.append(bob, NewEvents { room, items })
    });
    join_all(writes).await.into_iter().for_each(|done| drop(done.unwrap()));
    subject.told().await;
    let kept = subject.store.rooms().await.unwrap();
    let seen = kept.iter().find(|kept| kept.id == room).unwrap();
    assert_eq!((seen.members, seen.messages, seen.made_by.as_str()), (2, 1120, "Ada"));
    subject.store.remove_room(room).await.unwrap();
    let mut left = Vec::new();
    for change in subject.told().await {
        if let Change::Own { person, change } = change
            && change.key == UserKey::Room(room)
        {
            assert_eq!(change.value, Value::Null);
            left.push(person);
        }
    }
    left.sort_unstable();
    let mut both = [ada, bob];
    both.sort_unstable();
    assert_eq!(left, both);
    assert!(subject.store.rooms().await.unwrap().iter().all(|kept| kept.id != room));
    assert_eq!(refused(subject.write(bob, room, "x").await), ErrorCode::NoSuchRoom);
    assert_eq!(refused(subject.store.remove_room(room).await), ErrorCode::NotFound);
    assert!(subject.store.make_room(ada, loft()).await.unwrap().is_new);
    // The room that everybody is put into is made again for the next one who comes.
    let general = subject.store.rooms().await.unwrap()[0].id;
    subject.store.remove_room(general).await.unwrap();
    let cleo = subject.join("Cleo", Role::Member).await;
    let rooms = subject.store.public_rooms(cleo, String::new()).await.unwrap().rooms;
    assert!(rooms.iter().any(|room| room.name == "general" && room.joined));
}

/// Nobody takes a name that is somebody's, or that could be taken for theirs.
pub(super) async fn a_name_is_one_persons(subject: Subject) {
    subject.join("Ada", Role::Owner).await;
    let lan = subject.join("Lan", Role::Member).await;
    // No more alike than most.
    subject.join("Ian", Role::Member).await;
    let rename = |called: &str| {
        let changed = AccountUpdate { name: name::read(called, 64), ..AccountUpdate::default() };
        subject.store.change_person(lan, changed)
    };
    for called in ["ADA", "Ad\u{200d}a", "Ａda", "\u{410}da", "\u{410}d\u{430}", "lan", "ian"] {
        assert_eq!(refused(rename(called).await), ErrorCode::NameTaken, "{called}");
    }
    for called in ["LAN", "Lan", "Länn", "Adam", "Адам"] {
        rename(called).await.unwrap();
    }
}

/// A space is renamed by its owners and admins, and by the host; everybody hears of it.
pub(super) async fn a_space_is_renamed(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Admin).await;
    let cleo = subject.join("Cleo", Role::Member).await;
    subject.told().await;
    let foreign = subject.store.rename_space(Some(cleo), "Mine".into()).await;
    assert_eq!(refused(foreign), ErrorCode::Forbidden);
    assert!(subject.told().await.is_empty(), "nothing was changed");
    for (by, name) in [(Some(ada), "Loft"), (Some(bob), "Attic"), (None, "Cellar")] {
        let before = subject.store.snapshot(cleo, Pos(0)).await.unwrap().pos;
        let space = subject.store.rename_space(by, name.into()).await.unwrap();
        assert_eq!(space.name, name);
        let told = subject.told().await;
        assert!(matches!(&told[..], [Change::Digest { to: Audience::All, .. }]), "{told:?}");
        let after = subject.store.snapshot(cleo, before).await.unwrap();
        assert!(after.pos > before, "who looks for what changed finds it");
        assert_eq!(after.space_name, name);
    }
}
