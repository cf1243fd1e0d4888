-- Events that change other events, and what they leave of them: see rules/fold.rs.

ALTER TABLE events ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;    -- 1: it only changes others
ALTER TABLE events ADD COLUMN target INTEGER;                      -- seq of the message that it changes
ALTER TABLE events ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;  -- 1: a message that is not gone
ALTER TABLE events ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;   -- 1: its body is no longer as it was sent
UPDATE events SET counted = 1 WHERE kind = 'message';
-- From here on unread messages are counted over the index: events.messages and members.own_after are
-- neither read nor kept up.

CREATE INDEX events_loud ON events (room, seq) WHERE quiet = 0;
CREATE INDEX events_counted ON events (room, seq, sender) WHERE counted = 1;
CREATE INDEX events_with_target ON events (room, seq, target) WHERE target IS NOT NULL;
CREATE INDEX events_edits ON events (room, target, seq) WHERE kind = 'edit';

-- The messages that were ever changed. A row stays when nothing is left of the changes, so that who
-- saw them learns of it.
CREATE TABLE folds (
    room    BLOB    NOT NULL,
    seq     INTEGER NOT NULL,            -- of the message
    edit    INTEGER,                     -- seq of its newest edit
    pinned  INTEGER NOT NULL DEFAULT 0,
    gone    BLOB,                        -- who took it back
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- The reactions that are there.
CREATE TABLE reactions (
    room    BLOB    NOT NULL,
    target  INTEGER NOT NULL,  -- seq of the message
    emoji   TEXT    NOT NULL,  -- without variation selectors
    person  BLOB    NOT NULL,
    seq     INTEGER NOT NULL,  -- of the event by which it came
    PRIMARY KEY (room, target, emoji, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX reactions_by_seq ON reactions (room, target, emoji, seq);

-- The replies that hold an excerpt of a message. It need not exist (yet).
CREATE TABLE quotes (
    room    BLOB    NOT NULL,
    sender  BLOB    NOT NULL,  -- of the message
    cid     BLOB    NOT NULL,
    seq     INTEGER NOT NULL,  -- of the reply
    PRIMARY KEY (room, sender, cid, seq)
) STRICT, WITHOUT ROWID;
