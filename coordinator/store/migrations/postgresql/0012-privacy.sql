-- Copies of what is kept of a person, for them to take along, and how long records of interviews
-- are kept.

CREATE TABLE person_export (
  person plain_text PRIMARY KEY REFERENCES person (id),
  requested_at BIGINT NOT NULL,
  ready_at BIGINT, -- NULL: it is being made
  expires_at BIGINT NOT NULL,
  sha256 plain_text, -- of the archive, hex
  data BYTEA -- ZIP
);
CREATE INDEX person_export_expires ON person_export (expires_at);

-- Days after the end of an interview; NULL: as the configuration says, 0: for ever.
ALTER TABLE org ADD COLUMN record_days BIGINT;

-- When log, snapshot and client IDs of the room were removed; NULL: they are there.
ALTER TABLE room ADD COLUMN record_removed_at BIGINT;
