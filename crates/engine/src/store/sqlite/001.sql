-- What a device keeps of one space. Only ever added to: 002.sql and so on.
-- Identifiers are UUIDs as 16 bytes; times are milliseconds since 1970.

-- Single values. `record` is the space and who the device is in it, as JSON and without a secret;
-- `epoch`, `pos` and `useq` say how far the device is.
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
    room        BLOB    NOT NULL PRIMARY KEY,
    -- The server's last description, as JSON.
    info        TEXT    NOT NULL,
    -- The newest event known of.
    head        INTEGER NOT NULL DEFAULT 0,
    -- Every seq up to here is in `events` or in `holes`.
    cursor      INTEGER NOT NULL DEFAULT 0,
    -- The newest message held, for the preview: 0 and empty if there is none.
    last_seq    INTEGER NOT NULL DEFAULT 0,
    last_sender BLOB    NOT NULL DEFAULT x'',
    last_text   TEXT    NOT NULL DEFAULT '',
    last_ts     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- The logs of the rooms. An event never changes and never moves.
CREATE TABLE events (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    room   BLOB    NOT NULL,
    seq    INTEGER NOT NULL,
    event  BLOB    NOT NULL,
    -- The sender's name for it; empty where the server is the author.
    cid    BLOB    NOT NULL DEFAULT x'',
    sender BLOB    NOT NULL,
    kind   TEXT    NOT NULL,
    body   TEXT    NOT NULL,
    ts     INTEGER NOT NULL,
    -- 0 not counted as unread, 1 a message of somebody else, 2 one that names the member.
    notice INTEGER NOT NULL DEFAULT 0,
    UNIQUE (room, seq)
) STRICT;

-- Counting what is unread touches only what counts.
CREATE INDEX events_notice ON events (room, seq, notice) WHERE notice > 0;

-- Parts of a log below its room's cursor that this device does not hold.
CREATE TABLE holes (
    room     BLOB    NOT NULL,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    -- 1 when the server no longer has it.
    expired  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    person BLOB NOT NULL PRIMARY KEY,
    -- As the server described them last, as JSON.
    info   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The member's own stream: the latest value of each key.
CREATE TABLE own (
    key     TEXT    NOT NULL PRIMARY KEY,
    value   TEXT    NOT NULL,
    -- 1 when it was written here and the server has not echoed it yet.
    pending INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What was written here and is not known to be on the server. This table must stay readable on
-- its own: it is what is rescued from a damaged file.
CREATE TABLE outbox (
    -- The order of writing.
    place INTEGER NOT NULL PRIMARY KEY,
    room  BLOB    NOT NULL,
    cid   BLOB    NOT NULL UNIQUE,
    kind  TEXT    NOT NULL,
    body  TEXT    NOT NULL,
    ts    INTEGER NOT NULL,
    -- 10 never handed to a connection, 20 handed to one, 30 and above refused for good.
    state INTEGER NOT NULL DEFAULT 10
) STRICT;
