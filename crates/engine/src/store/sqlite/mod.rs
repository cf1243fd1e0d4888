//! The store of an installed copy: one SQLite file.
