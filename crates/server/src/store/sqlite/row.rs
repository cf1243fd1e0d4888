//! Conversions between Rust's and SQLite's types, and from SQLite's errors.

use homing_protocol::{Role, RoomKind};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Error, ErrorCode};
use uuid::Uuid;

use crate::store::{StoreError, role_number};

/// A UUID as 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(pub(super) Uuid);

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Uuid::from_slice(value.as_blob()?).map(Self).map_err(|e| FromSqlError::Other(Box::new(e)))
    }
}

/// A counter. SQLite's integers are signed; ours never exceed their range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count(pub(super) u64);

impl ToSql for Count {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(Value::Integer(i64::try_from(self.0).unwrap_or(i64::MAX))))
    }
}

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        u64::try_from(number).map(Self).map_err(|_| FromSqlError::OutOfRange(number))
    }
}

/// A role, stored as its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoleRow(pub(super) Role);

impl ToSql for RoleRow {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(role_number(self.0).into())
    }
}

impl FromSql for RoleRow {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(match value.as_i64()? {
            0 => Role::Guest,
            1 => Role::Member,
            2 => Role::Admin,
            3 => Role::Owner,
            other => return Err(FromSqlError::OutOfRange(other)),
        }))
    }
}

/// A room's kind, stored as its number. Persisted: numbers never change their meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoomKindRow(pub(super) RoomKind);

impl ToSql for RoomKindRow {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let number: u8 = match self.0 {
            RoomKind::Public => 0,
            RoomKind::Private => 1,
            RoomKind::Direct => 2,
        };
        Ok(number.into())
    }
}

impl FromSql for RoomKindRow {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(match value.as_i64()? {
            0 => RoomKind::Public,
            1 => RoomKind::Private,
            2 => RoomKind::Direct,
            other => return Err(FromSqlError::OutOfRange(other)),
        }))
    }
}

/// Maps an error of SQLite to what it means for the host.
pub(crate) fn classify(error: Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked,
        ) => StoreError::ReadOnly(error.to_string()),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt(error.to_string())
        }
        _ => StoreError::Failed(Box::new(error)),
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        classify(error)
    }
}
