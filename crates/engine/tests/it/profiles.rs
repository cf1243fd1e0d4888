//! The spaces of an installation, on disk.

use homing_engine::session::profile::{Profile, ProfileError};
use homing_engine::session::{Secret, SecretError};
use homing_engine::store::StoreError;
use homing_testkit::builders::user_id;

use crate::bed::{Keyring, record};

fn keyring() -> Keyring {
    Keyring::new(Ok(None))
}

#[tokio::test]
async fn a_space_is_added_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(&folder.path().join("p")).unwrap();
    let keyring = keyring();
    profile.add(&record(), Secret::new("the-token"), &keyring).await.unwrap();
    let listed = profile.list().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].record.as_ref().unwrap(), &record());
    // The token is in the keyring and nowhere else.
    for file in files(folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(9).any(|part| part == b"the-token"), "{}", file.display());
    }
    profile.remove(&record(), &keyring).await.unwrap();
    assert!(profile.list().await.unwrap().is_empty());
    assert_eq!(*keyring.answer.lock().unwrap(), Ok(None));
}

#[tokio::test]
async fn somebody_else_does_not_get_the_outbox() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    profile.add(&record(), Secret::new("a"), &keyring()).await.unwrap();
    profile.add(&record(), Secret::new("b"), &keyring()).await.unwrap();
    let mut other = record();
    other.user = user_id(2);
    let refused = profile.add(&other, Secret::new("c"), &keyring()).await;
    assert!(matches!(refused, Err(ProfileError::AlreadyIn(_))));
}

#[tokio::test]
async fn without_a_keyring_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    struct Locked;
    impl homing_engine::session::SecretStore for Locked {
        fn get<'a>(
            &'a self,
            _: &'a str,
        ) -> futures_util::future::BoxFuture<'a, Result<Option<Secret>, SecretError>> {
            Box::pin(std::future::ready(Err(SecretError::Locked)))
        }
        fn set<'a>(
            &'a self,
            _: &'a str,
            _: Secret,
        ) -> futures_util::future::BoxFuture<'a, Result<(), SecretError>> {
            Box::pin(std::future::ready(Err(SecretError::Locked)))
        }
        fn delete<'a>(
            &'a self,
            _: &'a str,
        ) -> futures_util::future::BoxFuture<'a, Result<(), SecretError>> {
            Box::pin(std::future::ready(Err(SecretError::Locked)))
        }
    }
    let refused = profile.add(&record(), Secret::new("t"), &Locked).await;
    assert!(matches!(refused, Err(ProfileError::Secret(SecretError::Locked))));
    let listed = profile.list().await.unwrap();
    assert!(listed.iter().all(|one| one.record.is_err()));
}

#[tokio::test]
async fn one_process_uses_a_profile() {
    let folder = tempfile::tempdir().unwrap();
    let first = Profile::open(folder.path()).unwrap();
    let second = Profile::open(folder.path());
    assert!(matches!(second, Err(ProfileError::InUse(_))));
    drop(first);
    Profile::open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_damaged_space_is_listed_all_the_same_while_anything_says_which_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    profile.add(&record(), Secret::new("t"), &keyring()).await.unwrap();
    let database = files(folder.path()).into_iter().find(|file| file.ends_with("space.db"));
    std::fs::write(database.unwrap(), "no database, whatever its name may say").unwrap();
    let listed = profile.list().await.unwrap();
    assert_eq!(listed[0].record.as_ref().unwrap(), &record());
    let copy = files(folder.path()).into_iter().find(|file| file.ends_with("space.json"));
    std::fs::remove_file(copy.unwrap()).unwrap();
    let listed = profile.list().await.unwrap();
    assert!(matches!(listed[0].record, Err(StoreError::Corrupt(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn the_folders_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("p");
    Profile::open(&profile).unwrap().add(&record(), Secret::new("t"), &keyring()).await.unwrap();
    for path in [profile.clone(), profile.join("spaces")] {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", path.display());
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
