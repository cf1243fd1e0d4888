//! U+0000 in frames: refused from clients, accepted from servers.

use super::{ClientFrame, Ref, ServerFrame};
use crate::error::Decode;
use crate::ids::Cid;
use crate::text::contains_nul;

impl ClientFrame {
    /// Refused on input, so that no reader has to handle it.
    pub(super) fn bear_nul(&self) -> Result<(), Decode> {
        let about = match self {
            Self::Send(batch) => {
                let to_blame = batch.items.iter().filter(|item| {
                    item.kind.contains('\0') || contains_nul(item.body.as_json().as_bytes())
                });
                let cids: Vec<Cid> = to_blame.map(|item| item.cid).collect();
                (!cids.is_empty()).then_some(Ref::Cids(cids))
            }
            Self::Set(set) => {
                Some(&set.key).filter(|key| !key.to_string().contains('\0')).cloned().map(Ref::Key)
            }
            _ => None,
        };
        Err(Decode::Nul(about))
    }
}

impl ServerFrame {
    /// Accepted: events stored before the rule stay readable.
    pub(super) const fn bear_nul(&self) -> Result<(), Decode> {
        Ok(())
    }
}
