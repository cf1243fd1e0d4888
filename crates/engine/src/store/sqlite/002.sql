-- SQLite has no sums over its pages: a byte that changed inside a text reads as another text. So a
-- queued message carries a sum of its own, over everything but its place, and what was damaged is
-- never sent. Null in rows of older versions.
ALTER TABLE outbox ADD COLUMN sum INTEGER;
