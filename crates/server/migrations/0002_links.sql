-- One-time codes by which a device signs in another device of its person. One for each device that
-- made one; a used one is deleted.
CREATE TABLE links (
    device   BLOB    NOT NULL PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    code     BLOB    NOT NULL UNIQUE,      -- SHA-256 of the code
    expires  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
