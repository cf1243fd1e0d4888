-- What later events made of a message: the server's fold and the viewer's own reactions, as JSON.
CREATE TABLE states (
    room  BLOB    NOT NULL,
    -- The place of the message.
    seq   INTEGER NOT NULL,
    state TEXT    NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- A message is named by its sender and its client id.
CREATE INDEX events_cid ON events (room, cid) WHERE cid <> x'';

-- 1 when the message of the preview was taken back.
ALTER TABLE rooms ADD COLUMN last_gone INTEGER NOT NULL DEFAULT 0;
