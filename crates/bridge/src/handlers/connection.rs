//! The connection of a space.

use std::future::{Ready, ready};

use homing_engine::doctor::AddressVisibility;
use homing_engine::trace::Traffic;

use crate::app::App;
use crate::dto::{Examination, FrameArgs, FrameText, ReportArgs, ReportText, SavedFile, SpaceArgs};
use crate::error::Failure;

pub(crate) async fn try_now(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    app.engine(args.space)?.try_now().await;
    Ok(())
}

pub(crate) async fn stay_offline(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    app.engine(args.space)?.stay_offline().await;
    Ok(())
}

pub(crate) async fn go_online(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    app.engine(args.space)?.go_online().await;
    Ok(())
}

pub(crate) async fn keep_trying(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    app.engine(args.space)?.keep_trying().await;
    Ok(())
}

pub(crate) fn inspect(app: &App, args: SpaceArgs) -> Ready<Result<Traffic, Failure>> {
    ready(app.inspect(args.space))
}

pub(crate) fn stop_inspecting(app: &App, args: SpaceArgs) -> Ready<Result<(), Failure>> {
    app.inspections().stop_inspecting(args.space);
    ready(Ok(()))
}

pub(crate) fn frame_text(app: &App, args: FrameArgs) -> Ready<Result<FrameText, Failure>> {
    ready(app.engine(args.space).map(|engine| FrameText { text: engine.trace().text(args.number) }))
}

pub(crate) fn export_frames(app: &App, args: SpaceArgs) -> Ready<Result<ReportText, Failure>> {
    ready(app.engine(args.space).map(|engine| ReportText { text: engine.trace().export() }))
}

pub(crate) fn save_frames(app: &App, args: SpaceArgs) -> Ready<Result<SavedFile, Failure>> {
    ready(app.engine(args.space).and_then(|engine| {
        let path = app.save("homing-frames", "jsonl", &engine.trace().export())?;
        Ok(SavedFile { path: path.display().to_string() })
    }))
}

pub(crate) fn examine(app: &App, args: SpaceArgs) -> Ready<Result<(), Failure>> {
    ready(app.examine(args.space))
}

pub(crate) fn stop_examining(app: &App, args: SpaceArgs) -> Ready<Result<Examination, Failure>> {
    ready(Ok(app.inspections().stop_examining(args.space)))
}

pub(crate) fn examination(app: &App, args: SpaceArgs) -> Ready<Result<Examination, Failure>> {
    ready(Ok(app.inspections().examination(args.space)))
}

pub(crate) fn examination_report(
    app: &App,
    args: ReportArgs,
) -> Ready<Result<ReportText, Failure>> {
    let places = if args.masked { AddressVisibility::Masked } else { AddressVisibility::Shown };
    ready(
        app.engine(args.space).map(|engine| ReportText {
            text: app.inspections().report(args.space, &engine, places),
        }),
    )
}
