//! Where tokens are kept.

use crate::app::App;
use crate::dto::{ChangePassphrase, Nothing, PassphraseArgs};
use crate::error::Failure;

pub(crate) async fn retry_keyring(app: &App, _: Nothing) -> Result<(), Failure> {
    app.look_for_tokens().await
}

pub(crate) async fn create_keyring(app: &App, _: Nothing) -> Result<(), Failure> {
    app.tokens().create_keyring().await?;
    app.look_for_tokens_soon();
    Ok(())
}

pub(crate) async fn begin_passphrase(app: &App, args: PassphraseArgs) -> Result<(), Failure> {
    app.tokens().begin(args.passphrase.into_secret(), app.token_names()).await?;
    // The keyring that gave them up now may have refused them to a space before.
    app.look_for_tokens_soon();
    Ok(())
}

pub(crate) async fn enter_passphrase(app: &App, args: PassphraseArgs) -> Result<(), Failure> {
    app.tokens().enter(args.passphrase.into_secret()).await?;
    // Some tokens may be in a keyring that takes its time; those of the file are there now.
    app.look_for_tokens_soon();
    Ok(())
}

pub(crate) async fn change_passphrase(app: &App, args: ChangePassphrase) -> Result<(), Failure> {
    Ok(app.tokens().change(args.old.into_secret(), args.new.into_secret()).await?)
}

pub(crate) async fn use_keyring(app: &App, _: Nothing) -> Result<(), Failure> {
    app.tokens().use_keyring().await
}
