-- Copies of what is kept of a person, for them to take along, and how long records of interviews
-- are kept.

CREATE TABLE person_export (
  person TEXT PRIMARY KEY REFERENCES person (id),
  requested_at INTEGER NOT NULL,
  ready_at INTEGER, -- NULL: it is being made
  expires_at INTEGER NOT NULL,
  sha256 TEXT, -- of the archive, hex
  data BLOB -- ZIP
) STRICT;
CREATE INDEX person_export_expires ON person_export (expires_at);

-- Days after the end of an interview; NULL: as the configuration says, 0: for ever.
ALTER TABLE org ADD COLUMN record_days INTEGER;

-- When log, snapshot and client IDs of the room were removed; NULL: they are there.
ALTER TABLE room ADD COLUMN record_removed_at INTEGER;
