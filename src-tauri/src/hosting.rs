//! A space inside this program: the only file that knows the server.

use std::path::PathBuf;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use homing_bridge::error::{Code, Failure};
use homing_bridge::ports::{Host, Hosted};

/// Runs a server inside this program.
pub(crate) struct Inside;

impl Inside {
    pub(crate) fn new(_app: &str) -> Self {
        Self
    }
}

impl Host for Inside {
    fn start(
        &self,
        _folder: PathBuf,
        _name: Option<String>,
    ) -> BoxFuture<'_, Result<Hosted, Failure>> {
        std::future::ready(Err(Failure::new(Code::Failed, "not yet"))).boxed()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        std::future::ready(()).boxed()
    }
}
