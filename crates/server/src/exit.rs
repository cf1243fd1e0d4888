//! Maps errors to exit codes. They are part of the interface: scripts and supervisors use them.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | anything else |
//! | 2 | invalid arguments |
//! | 3 | the data folder can't be used, or holds no space |
//! | 4 | can't listen on the address |
//! | 5 | the database is damaged |
//! | 6 | the database is of a newer version |
//! | 7 | the disk is full or fails |
//! | 8 | TLS can't be set up, or is off where it is needed |
//! | 9 | refused by the rules, such as removing the last owner |
//! | 10 | the doctor found something wrong |
//! | 11 | done, but the result can't be written to standard output |
//!
//! If the reader of the output goes away, as `head` does, the program ends with 0.

use std::process::ExitCode;

use homing_server::StartError;
use homing_server::store::StoreError;

use crate::output::{OutputError, note};

/// The doctor found something wrong.
pub(crate) const DOCTOR_FAILED: u8 = 10;

const OTHER: u8 = 1;
const FOLDER: u8 = 3;
const ADDRESS: u8 = 4;
const DAMAGED: u8 = 5;
const NEWER: u8 = 6;
const DISK: u8 = 7;
const TLS: u8 = 8;
const REFUSED: u8 = 9;
const USAGE: u8 = 2;
const UNWRITTEN: u8 = 11;

/// Prints the error and gives the code.
pub(crate) fn report(result: anyhow::Result<ExitCode>) -> ExitCode {
    match result {
        Ok(code) => code,
        Err(error) if matches!(error.downcast_ref(), Some(OutputError::Closed)) => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            note(format_args!("{error:#}"));
            ExitCode::from(code(&error))
        }
    }
}

/// Prints help, the version, or an error in the arguments.
pub(crate) fn report_usage(usage: &clap::Error) -> ExitCode {
    let printed = usage.print();
    if usage.use_stderr() {
        return ExitCode::from(USAGE);
    }
    report(printed.map_err(|error| OutputError::from(error).into()).map(|()| ExitCode::SUCCESS))
}

fn code(error: &anyhow::Error) -> u8 {
    for cause in error.chain() {
        if cause.is::<OutputError>() {
            return UNWRITTEN;
        }
        if let Some(start) = cause.downcast_ref::<StartError>() {
            return of_start(start);
        }
        if let Some(store) = cause.downcast_ref::<StoreError>() {
            return of_store(store);
        }
    }
    OTHER
}

fn of_start(error: &StartError) -> u8 {
    match error {
        StartError::Folder { .. } | StartError::Running(_) => FOLDER,
        StartError::PortTaken(_) | StartError::Listen { .. } => ADDRESS,
        StartError::Plain(_) | StartError::Tls(_) => TLS,
        StartError::Corrupt { .. } => DAMAGED,
        StartError::Newer { .. } => NEWER,
        StartError::ReadOnly(_) => DISK,
        StartError::Store(store) => of_store(store),
    }
}

fn of_store(error: &StoreError) -> u8 {
    match error {
        StoreError::Absent | StoreError::File { .. } => FOLDER,
        StoreError::Corrupt(_) => DAMAGED,
        StoreError::Newer { .. } => NEWER,
        StoreError::ReadOnly(_) => DISK,
        StoreError::Refused(_) => REFUSED,
        StoreError::Closed | StoreError::Failed(_) => OTHER,
    }
}
