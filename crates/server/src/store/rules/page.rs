//! Pages of a log, and the texts that a message had.
//!
//! A folded page costs what was changed in its range, and not how often. Whatever it holds, it fits
//! a frame: where an event or a fold has no more room, the page covers less.

use std::collections::BTreeMap;

use homing_protocol::event::Event;
use homing_protocol::fold::Fold;
use homing_protocol::http::Revisions;
use homing_protocol::limits::{FRAME_BYTES, PAGE_EVENTS};
use homing_protocol::{Body, Content, MessageRef, RoomId, Seq, UserId};
use serde_json::{Value, json};

use super::access::{must_be_member, no_such_room};
use super::fold;
use crate::store::rows::{Direction, Events, FoldRow, PageBudget};
use crate::store::transaction::ReadTransaction;
use crate::store::{LogForm, LogPage, LogRange, Span, StoreError};

/// Bytes of events in one page, so that the page fits a frame with its other fields. One event
/// always fits with its folds: a body is at most a quarter of a frame, and so is the text of a fold.
pub(super) const PAGE_BYTES: usize = FRAME_BYTES - 16 * 1024;
/// Bytes of an event besides its body.
pub(super) const EVENT_BYTES: usize = 400;
/// Changes that one page covers: some milliseconds.
const PAGE_CHANGES: u32 = 10_000;
/// Folds of one page: each takes a few queries.
const PAGE_FOLDS: usize = 500;

/// See [`Store::pull`](crate::store::Store::pull).
pub(crate) async fn pull(
    tx: &mut impl ReadTransaction,
    viewer: UserId,
    room: RoomId,
    range: LogRange,
    form: LogForm,
) -> Result<LogPage, StoreError> {
    must_be_member(tx, room, viewer).await?;
    let row = tx.room(room).await?.ok_or_else(no_such_room)?;
    let (head, min) = (row.head, row.min);
    let (span, direction, too_old, limit) = match range {
        LogRange::After(seq, limit) => {
            let span = Span { from: seq.next(), to: head };
            (span, Direction::OldestFirst, seq.next() < min, limit)
        }
        LogRange::Before(seq, limit) => {
            let span = Span { from: min, to: head.min(Seq(seq.0.saturating_sub(1))) };
            (span, Direction::NewestFirst, seq <= min && min.0 > 1, limit)
        }
    };
    let mut page = LogPage {
        span: None,
        items: Vec::new(),
        folds: Vec::new(),
        head,
        min,
        more: false,
        too_old,
    };
    if too_old || span.from > span.to {
        return Ok(page);
    }
    let query = PageQuery { viewer, room, span, direction, limit: limit.clamp(1, PAGE_EVENTS) };
    match form {
        LogForm::Whole => query.whole(tx, &mut page).await?,
        LogForm::Folded => query.folded(tx, &mut page).await?,
    }
    if direction == Direction::NewestFirst {
        page.items.reverse();
    }
    page.more = page.span.is_some_and(|covered| match direction {
        Direction::OldestFirst => covered.to < head,
        Direction::NewestFirst => covered.from > min,
    });
    Ok(page)
}

/// A range of a log that is not empty.
struct PageQuery {
    viewer: UserId,
    room: RoomId,
    span: Span,
    direction: Direction,
    limit: u32,
}

/// What stands at one place of a folded page.
#[derive(Default)]
struct Step {
    /// The loud event.
    event: Option<Event>,
    /// The message that the event changes, loud or quiet.
    target: Option<Seq>,
}

impl PageQuery {
    /// The range up to the last seq that is covered.
    fn up_to(&self, last: Seq) -> Span {
        match self.direction {
            Direction::OldestFirst => Span { from: self.span.from, to: last },
            Direction::NewestFirst => Span { from: last, to: self.span.to },
        }
    }

    /// The seq before this one in the order of the page.
    fn previous(&self, seq: Seq) -> Seq {
        match self.direction {
            Direction::OldestFirst => Seq(seq.0.saturating_sub(1)),
            Direction::NewestFirst => seq.next(),
        }
    }

    fn budget(&self) -> PageBudget {
        PageBudget::new(self.limit, PAGE_BYTES, EVENT_BYTES)
    }

    /// Every event, for a client that knows no folds.
    async fn whole(
        &self,
        tx: &mut impl ReadTransaction,
        page: &mut LogPage,
    ) -> Result<(), StoreError> {
        let Self { room, span, direction, .. } = *self;
        let found = tx.events(room, span, direction, Events::All, self.budget()).await?;
        let Some(last) = found.rows.last() else {
            return Ok(());
        };
        let changed = tx.folds(room, self.up_to(last.seq)).await?;
        let changed: BTreeMap<Seq, FoldRow> =
            changed.into_iter().map(|fold| (fold.seq, fold)).collect();
        // A newest text may be longer than the one that was counted by the query.
        let mut budget = self.budget();
        for event in found.rows {
            let seq = event.seq;
            let event = whole_form(tx, event, changed.get(&seq)).await?;
            if !budget.admits(event.body.as_json().len()) {
                break;
            }
            page.span = Some(self.up_to(seq));
            page.items.push(event);
        }
        Ok(())
    }

    /// Loud events, with the folds of all messages that are in the page or are changed in its range.
    async fn folded(
        &self,
        tx: &mut impl ReadTransaction,
        page: &mut LogPage,
    ) -> Result<(), StoreError> {
        let Self { viewer, room, span, direction, .. } = *self;
        let loud = tx.events(room, span, direction, Events::Loud, self.budget()).await?;
        let mut covered = match loud.rows.last() {
            Some(last) if loud.cut => self.up_to(last.seq),
            _ => span,
        };
        // One more than fits, to see whether there are more.
        let mut targets = tx.targets(room, covered, direction, PAGE_CHANGES + 1).await?;
        if targets.len() > PAGE_CHANGES as usize {
            targets.pop();
            if let Some((last, _)) = targets.last() {
                covered = self.up_to(*last);
            }
        }
        let changed = tx.folds(room, covered).await?;
        let changed: BTreeMap<Seq, FoldRow> =
            changed.into_iter().map(|fold| (fold.seq, fold)).collect();
        let mut steps: BTreeMap<Seq, Step> = BTreeMap::new();
        for event in loud.rows {
            let seq = event.seq;
            if (covered.from..=covered.to).contains(&seq) {
                steps.entry(seq).or_default().event = Some(event);
            }
        }
        for (seq, target) in targets {
            steps.entry(seq).or_default().target = Some(target);
        }
        let mut steps: Vec<(Seq, Step)> = steps.into_iter().collect();
        if direction == Direction::NewestFirst {
            steps.reverse();
        }
        let mut folds: BTreeMap<Seq, Fold> = BTreeMap::new();
        let (mut left, mut is_first) = (PAGE_BYTES, true);
        for (seq, step) in steps {
            let mut cost = step.event.as_ref().map_or(0, event_bytes);
            let mut news = Vec::new();
            for message in [step.event.is_some().then_some(seq), step.target].into_iter().flatten()
            {
                if folds.contains_key(&message) {
                    continue;
                }
                let row = match changed.get(&message) {
                    Some(row) => Some(*row),
                    None if message == seq => None,
                    None => tx.fold(room, message).await?,
                };
                if let Some(row) = row {
                    let fold = fold::complete(tx, room, row, page.head, Some(viewer)).await?;
                    cost = cost.saturating_add(fold_bytes(&fold));
                    news.push(fold);
                }
            }
            if !is_first && (cost > left || folds.len() + news.len() > PAGE_FOLDS) {
                covered = self.up_to(self.previous(seq));
                break;
            }
            (left, is_first) = (left.saturating_sub(cost), false);
            folds.extend(news.into_iter().map(|fold| (fold.seq, fold)));
            page.items.extend(step.event);
        }
        page.span = Some(covered);
        page.folds = folds.into_values().collect();
        Ok(())
    }
}

fn event_bytes(event: &Event) -> usize {
    event.body.as_json().len().saturating_add(EVENT_BYTES)
}

/// With the comma after it.
fn fold_bytes(fold: &Fold) -> usize {
    serde_json::to_vec(fold).map_or(0, |json| json.len()).saturating_add(1)
}

/// An event for a client that knows no folds.
async fn whole_form(
    tx: &mut impl ReadTransaction,
    event: Event,
    fold: Option<&FoldRow>,
) -> Result<Event, StoreError> {
    if event.quiet || fold.is_some_and(|fold| fold.gone.is_some()) {
        return Ok(stub(event));
    }
    let Some(edit) = fold.and_then(|fold| fold.edit) else {
        return Ok(event);
    };
    let newest = tx.event(event.room, edit).await?.as_ref().and_then(fold::revision);
    let (Some(newest), Value::Object(mut body)) = (newest, event.body.value()) else {
        return Ok(event);
    };
    body.insert("text".into(), newest.text.into());
    body.remove("mentions");
    if !newest.mentions.is_empty() {
        body.insert("mentions".into(), json!(newest.mentions));
    }
    Ok(Event { body: Body::new(&body), ..event })
}

/// An event that is not shown.
pub(crate) fn stub(event: Event) -> Event {
    Event { kind: Content::STUB.to_owned(), body: json!({}).into(), ..event }
}

/// See [`Store::revisions`](crate::store::Store::revisions).
pub(crate) async fn revisions(
    tx: &mut impl ReadTransaction,
    viewer: UserId,
    room: RoomId,
    of: MessageRef,
    after: Seq,
) -> Result<Revisions, StoreError> {
    must_be_member(tx, room, viewer).await?;
    let target = fold::message(tx, room, of).await?;
    if target.fold.gone.is_some() {
        return Err(fold::no_such_message());
    }
    let message = target.fold.seq;
    let mut budget = PageBudget::new(PAGE_EVENTS, PAGE_BYTES, EVENT_BYTES);
    let mut texts = Vec::new();
    if after < message
        && let Some(first) = tx.event(room, message).await?
    {
        budget.admits(first.body.as_json().len());
        texts.push(first);
    }
    let edits = tx.edits(room, message, after, budget).await?;
    texts.extend(edits.rows);
    let next = texts.last().filter(|_| edits.cut).map(|last| last.seq);
    Ok(Revisions { revisions: texts.iter().filter_map(fold::revision).collect(), next })
}
