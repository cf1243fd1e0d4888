//! Tokens in a file, for machines without a keyring.
//!
//! Only where the file is named explicitly, because a token in a file is only as safe as the file.
//! Each line is a name and a token. On Unix only the owner may have access; other permissions are
//! refused, as ssh does for keys.

use std::io;
use std::path::{Path, PathBuf};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use homing_engine::session::{Secret, SecretError, SecretStore};
use homing_secrets::file;

/// A token store in a file.
#[derive(Debug)]
pub(crate) struct TokenFile(PathBuf);

impl TokenFile {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    fn failed(&self, error: &io::Error) -> SecretError {
        SecretError::Failed(format!("can't use the token file {}: {error}", self.0.display()))
    }

    /// Reads names and tokens; empty if the file doesn't exist.
    fn read(&self) -> Result<Vec<(String, String)>, SecretError> {
        let text = match std::fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed(&error)),
        };
        if !is_private(&self.0).map_err(|error| self.failed(&error))? {
            return Err(SecretError::Failed(format!(
                "others can read the token file {0}, so its tokens aren't safe. Run: chmod 600 {0}",
                self.0.display()
            )));
        }
        Ok(text
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(name, token)| (name.to_owned(), token.trim().to_owned()))
            .collect())
    }

    fn write(&self, tokens: &[(String, String)]) -> Result<(), SecretError> {
        let text: String = tokens.iter().map(|(name, token)| format!("{name} {token}\n")).collect();
        file::write(&self.0, text.as_bytes()).map_err(|error| self.failed(&error))
    }

    fn replace(&self, name: &str, token: Option<&Secret>) -> Result<(), SecretError> {
        let mut tokens = self.read()?;
        tokens.retain(|(known, _)| known != name);
        tokens.extend(token.map(|token| (name.to_owned(), token.reveal().to_owned())));
        self.write(&tokens)
    }
}

impl SecretStore for TokenFile {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        let found = self.read().map(|tokens| {
            tokens.into_iter().find(|(known, _)| known == name).map(|(_, token)| Secret::new(token))
        });
        ready(found).boxed()
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        ready(self.replace(name, Some(&secret))).boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        ready(self.replace(name, None)).boxed()
    }
}

#[cfg(unix)]
fn is_private(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode().trailing_zeros() >= 6)
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_keeps_what_it_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::new(&folder.path().join("token"));
        assert_eq!(file.get("one").await, Ok(None));
        file.set("one", Secret::new("first")).await.unwrap();
        file.set("two", Secret::new("second")).await.unwrap();
        file.set("one", Secret::new("newer")).await.unwrap();
        assert_eq!(file.get("one").await, Ok(Some(Secret::new("newer"))));
        assert_eq!(file.get("two").await, Ok(Some(Secret::new("second"))));
        file.delete("one").await.unwrap();
        assert_eq!(file.get("one").await, Ok(None));
        assert_eq!(file.get("two").await, Ok(Some(Secret::new("second"))));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn it_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let file = TokenFile::new(&path);
        file.set("one", Secret::new("first")).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let Err(SecretError::Failed(words)) = file.get("one").await else { panic!("refused") };
        assert!(words.contains("chmod 600") && !words.contains("first"), "{words}");
        assert!(file.set("two", Secret::new("second")).await.is_err());
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::new(&folder.path().join("no/such/token"));
        let Err(SecretError::Failed(words)) = file.set("one", Secret::new("first")).await else {
            panic!("refused")
        };
        assert!(words.contains("can't use the token file"), "{words}");
    }
}
