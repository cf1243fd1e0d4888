-- What clients give back after a restore: see rules/space.rs.

ALTER TABLE events ADD COLUMN origin INTEGER;  -- null, or when it happened before a restore lost it

-- The restores of this database from older copies.
CREATE TABLE restores (
    number  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    epoch   INTEGER NOT NULL,  -- of the copy
    since   INTEGER NOT NULL,  -- time of its newest event
    until   INTEGER NOT NULL   -- time of the restore
) STRICT;

-- How much of each room's log the copy had.
CREATE TABLE restored_rooms (
    room     BLOB    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    restore  INTEGER NOT NULL REFERENCES restores (number),
    head     INTEGER NOT NULL,
    PRIMARY KEY (room, restore)
) STRICT, WITHOUT ROWID;
