//! What is installed is what was announced, however often the line breaks.

use std::path::Path;
use std::sync::Mutex;

use homing_updates::{FetchError, Package, PackageError, Web, fetch_package};
use sha2::{Digest as _, Sha256};

use crate::shelf::{Shelf, Step, answer};

const CONTENT: &[u8] = b"a program, ten times better than the last one";

fn package() -> Package {
    Package {
        url: "https://updates.example/homing".into(),
        size: CONTENT.len() as u64,
        sha256: format!("{:x}", Sha256::digest(CONTENT)),
    }
}

fn whole() -> Step {
    Step::Say(answer("200 OK", CONTENT.len(), CONTENT))
}

/// Announces everything and breaks after so many bytes.
fn broken(bytes: usize) -> Step {
    Step::Say(answer("200 OK", CONTENT.len(), &CONTENT[..bytes]))
}

fn rest(from: usize) -> Step {
    let rest = &CONTENT[from..];
    Step::Say(answer("206 Partial Content", rest.len(), rest))
}

async fn fetch(shelf: &Shelf, folder: &Path) -> Result<std::path::PathBuf, PackageError> {
    fetch_package(Web::new(shelf), &package(), folder, &|_| {}).await
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn it_comes_whole_and_says_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let heard = Mutex::new(Vec::new());
    let shelf = Shelf::with([whole()]);
    let progress = |bytes| heard.lock().unwrap().push(bytes);
    let path = fetch_package(Web::new(&shelf), &package(), folder.path(), &progress).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), CONTENT);
    assert!(package().is(&path).await.unwrap());
    let heard = heard.into_inner().unwrap();
    assert_eq!((heard.first(), heard.last()), (Some(&0), Some(&(CONTENT.len() as u64))));
    assert!(heard.is_sorted());
}

#[tokio::test]
async fn what_is_there_is_not_fetched_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = fetch(&Shelf::with([whole()]), folder.path()).await.unwrap();
    assert_eq!(fetch(&Shelf::default(), folder.path()).await.unwrap(), path);
}

#[tokio::test]
async fn a_broken_download_goes_on_where_it_broke() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::with([broken(7), rest(7)]);
    let path = fetch(&shelf, folder.path()).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), CONTENT);
    let asked = shelf.asked();
    assert!(!asked[0].to_lowercase().contains("range:"), "{asked:?}");
    assert!(asked[1].to_lowercase().contains("range: bytes=7-\r\n"), "{asked:?}");
}

#[tokio::test]
async fn a_server_without_ranges_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::with([broken(7), whole()]);
    let path = fetch(&shelf, folder.path()).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), CONTENT);
}

#[tokio::test]
async fn a_line_on_which_nothing_comes_is_not_tried_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::with([broken(7), broken(0), whole()]);
    let refused = fetch(&shelf, folder.path()).await.unwrap_err();
    assert!(matches!(refused, PackageError::Fetch(FetchError::Cut(_))), "{refused:?}");
    assert_eq!(shelf.asked().len(), 2);
}

#[tokio::test]
async fn a_cancelled_download_goes_on_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let text = answer("200 OK", CONTENT.len(), &CONTENT[..9]);
    let shelf = Shelf::with([Step::SayAndKeepSilent(text)]);
    let (came, mut arrived) = tokio::sync::watch::channel(0);
    let progress = move |bytes| _ = came.send(bytes);
    let package = package();
    let download = fetch_package(Web::new(&shelf), &package, folder.path(), &progress);
    tokio::select! {
        done = download => panic!("{done:?}"),
        () = async { arrived.wait_for(|bytes| *bytes == 9).await.map(drop).unwrap() } => {}
    }
    let shelf = Shelf::with([rest(9)]);
    let path = fetch(&shelf, folder.path()).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), CONTENT);
    assert!(shelf.asked()[0].to_lowercase().contains("range: bytes=9-"), "{:?}", shelf.asked());
}

#[tokio::test]
async fn something_else_is_thrown_away() {
    let other = vec![b'x'; CONTENT.len()];
    let longer = [CONTENT, b" and a gift"].concat();
    for body in [other, longer] {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::with([Step::Say(answer("200 OK", body.len(), &body))]);
        let refused = fetch(&shelf, folder.path()).await.unwrap_err();
        assert!(matches!(refused, PackageError::Differs), "{refused:?}");
        assert_eq!(files(folder.path()), 0);
    }
}

#[tokio::test]
async fn what_is_left_of_another_version_is_not_continued() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(format!("{}.part", "0".repeat(64))), b"old").unwrap();
    let shelf = Shelf::with([whole()]);
    fetch(&shelf, folder.path()).await.unwrap();
    assert!(!shelf.asked()[0].to_lowercase().contains("range:"));
    assert_eq!(files(folder.path()), 1);
}

#[tokio::test]
async fn a_sum_can_not_name_another_folder() {
    let folder = tempfile::tempdir().unwrap();
    for (sha256, size) in [
        ("../../../.profile".to_owned(), 1),
        ("A".repeat(64), 1),
        ("a".repeat(64), 0),
        ("a".repeat(64), u64::MAX),
    ] {
        let package = Package { sha256, size, ..package() };
        let shelf = Shelf::default();
        let refused = fetch_package(Web::new(&shelf), &package, folder.path(), &|_| {}).await;
        assert!(matches!(refused, Err(PackageError::Unfit(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_folder_that_can_not_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    std::fs::write(&taken, b"").unwrap();
    let refused = fetch(&Shelf::default(), &taken).await.unwrap_err();
    assert!(
        matches!(&refused, PackageError::Disk { folder, .. } if *folder == taken),
        "{refused:?}"
    );
}
