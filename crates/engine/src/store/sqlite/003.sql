-- A draft may have that of another device beside it: what is known of it beyond its text, as JSON.
-- Null in rows of other kinds, and of older versions.
ALTER TABLE own ADD COLUMN fork TEXT;
