-- How names look, see auth/confusable.rs: whose names could be taken for each other has one of these in common.
-- The keys of all names are made anew together with this, see names.rs.
ALTER TABLE people ADD COLUMN look TEXT NOT NULL DEFAULT '';         -- as it is written
ALTER TABLE people ADD COLUMN look_folded TEXT NOT NULL DEFAULT '';  -- without case
CREATE INDEX people_by_look ON people (look);
CREATE INDEX people_by_look_folded ON people (look_folded);
