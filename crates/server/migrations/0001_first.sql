-- The first schema. Migrations only add: an older file is never edited after a release.
-- Ids are UUIDs as 16 bytes. Times are milliseconds since 1970. Secrets are stored as SHA-256 only.

CREATE TABLE space (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),  -- there is exactly one row
    id       BLOB    NOT NULL,
    name     TEXT    NOT NULL,
    epoch    INTEGER NOT NULL,            -- which life of this database it is, the bits of a u64
    pos      INTEGER NOT NULL DEFAULT 0,  -- the last position given out; see "pos" below
    created  INTEGER NOT NULL
) STRICT;

-- "pos" counts every commit that changes a room or a person. Each row carries the pos of its last
-- change, so "what changed since" is an index lookup.

CREATE TABLE people (
    id        BLOB    NOT NULL PRIMARY KEY,
    name      TEXT    NOT NULL,
    name_key  TEXT    NOT NULL UNIQUE,     -- the name without its case, see auth/name.rs
    role      INTEGER NOT NULL,            -- 0 guest, 1 member, 2 admin, 3 owner
    gone      INTEGER NOT NULL DEFAULT 0,  -- 1: disabled or removed
    password  TEXT,                        -- Argon2id in PHC form; null: signs in by token only
    useq      INTEGER NOT NULL DEFAULT 0,  -- head of the person's own stream
    pos       INTEGER NOT NULL,
    created   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX people_by_pos ON people (pos);

CREATE TABLE devices (
    id         BLOB    NOT NULL PRIMARY KEY,
    person     BLOB    NOT NULL REFERENCES people (id),
    name       TEXT    NOT NULL,
    token      BLOB    NOT NULL UNIQUE,    -- SHA-256 of the token
    join_key   BLOB    UNIQUE,             -- makes joining idempotent; null for a signed-in device
    join_code  BLOB,                       -- SHA-256 of the invitation that was used with the key
    created    INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_by_person ON devices (person);

CREATE TABLE invites (
    code        BLOB    NOT NULL PRIMARY KEY,  -- SHA-256 of the code
    role        INTEGER NOT NULL,              -- what the new member will be, as in people
    invited_by  BLOB    REFERENCES people (id),-- null: made by the server itself
    uses_left   INTEGER,                       -- null: any number
    expires     INTEGER,                       -- null: never
    founding    INTEGER NOT NULL DEFAULT 0,    -- 1: valid only while the space has no owner
    created     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
    id          BLOB    NOT NULL PRIMARY KEY,
    kind        INTEGER NOT NULL,            -- 0 public, 1 private, 2 direct
    name        TEXT    NOT NULL,
    topic       TEXT    NOT NULL DEFAULT '',
    public_key  TEXT    UNIQUE,              -- a public room's name without its case, else null
    people_key  BLOB    UNIQUE,              -- a direct room's people, hashed, else null
    made_by     BLOB    NOT NULL REFERENCES people (id),
    made_key    BLOB    NOT NULL,            -- the maker's name for the attempt
    entrance    INTEGER NOT NULL DEFAULT 0,  -- 1: whoever joins the space is put into it
    head        INTEGER NOT NULL DEFAULT 0,  -- seq of the newest event
    min         INTEGER NOT NULL DEFAULT 1,  -- seq of the oldest event still kept
    messages    INTEGER NOT NULL DEFAULT 0,  -- events of kind "message" so far
    members     INTEGER NOT NULL DEFAULT 0,  -- rows in members
    pos         INTEGER NOT NULL,
    created     INTEGER NOT NULL,
    UNIQUE (made_by, made_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    room       BLOB    NOT NULL REFERENCES rooms (id),
    person     BLOB    NOT NULL REFERENCES people (id),
    joined     INTEGER NOT NULL,            -- seq of the event that brought them in
    read       INTEGER NOT NULL,            -- the read marker
    own_after  INTEGER NOT NULL DEFAULT 0,  -- their own messages past the read marker
    delivered  INTEGER NOT NULL,            -- what one of their devices holds
    pos        INTEGER NOT NULL,
    PRIMARY KEY (room, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_person ON members (person, room);

-- A room's log. Rows are only ever added.
CREATE TABLE events (
    room      BLOB    NOT NULL REFERENCES rooms (id),
    seq       INTEGER NOT NULL,  -- 1, 2, 3 … without a gap in each room
    id        BLOB    NOT NULL,
    sender    BLOB    NOT NULL REFERENCES people (id),
    cid       BLOB,              -- the sender's name for it; null: the server is the author
    kind      TEXT    NOT NULL,
    body      TEXT    NOT NULL,  -- JSON
    ts        INTEGER NOT NULL,
    messages  INTEGER NOT NULL,  -- rooms.messages when this was committed: makes unread counts O(1)
    UNIQUE (room, seq)
) STRICT;
-- Idempotency is permanent: sending a cid again can never make a second event.
CREATE UNIQUE INDEX events_by_cid ON events (sender, cid) WHERE cid IS NOT NULL;

CREATE TABLE mentions (
    person  BLOB    NOT NULL,
    room    BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (person, room, seq)
) STRICT, WITHOUT ROWID;

-- A person's own stream: the latest value of each key. A removed value stays as JSON null, so that
-- a device that was away learns of it.
CREATE TABLE own (
    person  BLOB    NOT NULL REFERENCES people (id),
    key     TEXT    NOT NULL,
    useq    INTEGER NOT NULL,
    value   TEXT    NOT NULL,  -- JSON
    PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX own_by_useq ON own (person, useq);
