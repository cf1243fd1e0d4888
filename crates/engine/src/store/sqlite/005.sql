-- What a device gives back after a restore of the server.

-- 0, or when the event happened before a restore lost it.
ALTER TABLE events ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;

-- 0, or when this device put it here after a restore. Its `ts` is then that of its first commit.
ALTER TABLE outbox ADD COLUMN given_back INTEGER NOT NULL DEFAULT 0;

-- The viewer's own changes of messages, which have no row in `events`.
CREATE TABLE changes (
    cid         BLOB    NOT NULL PRIMARY KEY,
    room        BLOB    NOT NULL,
    seq         INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    -- When it happened.
    ts          INTEGER NOT NULL,
    -- The name of the message that it changes.
    target_user BLOB    NOT NULL,
    target_cid  BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_target ON changes (room, target_cid);

-- Own events of an epoch that has ended, until it is known what the restore has kept of them.
CREATE TABLE lost (
    cid   BLOB    NOT NULL PRIMARY KEY,
    room  BLOB    NOT NULL,
    seq   INTEGER NOT NULL,
    kind  TEXT    NOT NULL,
    body  TEXT    NOT NULL,
    ts    INTEGER NOT NULL,
    -- Empty if there was none.
    epoch TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
