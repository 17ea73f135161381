-- The first schema: people and their sessions, organisations, slots and bookings, rooms with their
-- log, runners, audit. Times are microseconds since 1970 in UTC. A statement ends with a semicolon on
-- a line that does not start with a space.

CREATE TABLE person (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE, -- lower case
  name TEXT NOT NULL,
  password TEXT NOT NULL, -- Argon2id, encoded; '' = cannot sign in with a password
  locale TEXT,
  zone TEXT,
  is_site_admin INTEGER NOT NULL DEFAULT 0,
  is_active INTEGER NOT NULL DEFAULT 1,
  credential_version INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session_family (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  device TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX session_family_person ON session_family (person);

CREATE TABLE refresh_token (
  hash TEXT PRIMARY KEY,
  family TEXT NOT NULL REFERENCES session_family (id) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL,
  spent_at INTEGER,
  salt TEXT, -- with the secret key and the token itself gives its one successor
  successor TEXT
) STRICT;
CREATE INDEX refresh_token_family ON refresh_token (family);

CREATE TABLE org (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  zone TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE member (
  org TEXT NOT NULL REFERENCES org (id),
  person TEXT NOT NULL REFERENCES person (id),
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (org, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_person ON member (person);

CREATE TABLE slot (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES org (id),
  interviewer TEXT NOT NULL REFERENCES person (id),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  zone TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  capacity INTEGER NOT NULL,
  taken INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  CHECK (starts_at < ends_at),
  CHECK (taken >= 0 AND taken <= capacity)
) STRICT;
CREATE INDEX slot_org ON slot (org, starts_at, id);

-- What may not overlap: an interviewer has one row per slot, a candidate one per booking.
CREATE TABLE busy (
  person TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (person, source),
  CHECK (starts_at < ends_at)
) STRICT;
CREATE INDEX busy_person ON busy (person, starts_at);
CREATE TRIGGER busy_overlap_insert BEFORE INSERT ON busy
 WHEN EXISTS (SELECT 1 FROM busy WHERE person = NEW.person
   AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at)
 BEGIN
  SELECT RAISE (ABORT, 'overlap');
END;
CREATE TRIGGER busy_overlap_update BEFORE UPDATE ON busy
 WHEN EXISTS (SELECT 1 FROM busy WHERE person = NEW.person AND source <> OLD.source
   AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at)
 BEGIN
  SELECT RAISE (ABORT, 'overlap');
END;

CREATE TABLE interview (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES org (id),
  slot TEXT NOT NULL REFERENCES slot (id),
  interviewer TEXT NOT NULL REFERENCES person (id),
  candidate TEXT REFERENCES person (id), -- NULL when a guest is invited
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  note TEXT,
  state TEXT NOT NULL, -- booked, ended
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  created_by TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX interview_candidate ON interview (candidate, starts_at, id);
CREATE INDEX interview_interviewer ON interview (interviewer, starts_at, id);
CREATE INDEX interview_org ON interview (org, starts_at, id);

CREATE TABLE room (
  id TEXT PRIMARY KEY,
  interview TEXT NOT NULL UNIQUE REFERENCES interview (id),
  state TEXT NOT NULL, -- open, ended
  rev INTEGER NOT NULL DEFAULT 1,
  edit_locked INTEGER NOT NULL DEFAULT 0,
  run_locked INTEGER NOT NULL DEFAULT 0,
  question TEXT,
  ended_at INTEGER,
  seal TEXT,
  next_block INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE participant (
  id TEXT PRIMARY KEY,
  room TEXT NOT NULL REFERENCES room (id),
  person TEXT REFERENCES person (id), -- NULL for a guest
  name TEXT NOT NULL,
  role TEXT NOT NULL, -- host, co-interviewer, candidate, observer
  state INTEGER NOT NULL, -- 1 expected, 2 present, 3 removed
  created_at INTEGER NOT NULL,
  UNIQUE (room, person)
) STRICT;
CREATE INDEX participant_person ON participant (person);

CREATE TABLE invitation (
  id TEXT PRIMARY KEY,
  room TEXT NOT NULL REFERENCES room (id),
  participant TEXT NOT NULL REFERENCES participant (id),
  token_hash TEXT NOT NULL UNIQUE,
  device_hash TEXT, -- the first device that used it
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER,
  created_by TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX invitation_room ON invitation (room, id);
CREATE INDEX invitation_participant ON invitation (participant);

CREATE TABLE room_token (
  hash TEXT PRIMARY KEY,
  room TEXT NOT NULL REFERENCES room (id),
  participant TEXT NOT NULL REFERENCES participant (id),
  device_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX room_token_room ON room_token (room, participant);

-- The durable copy and the playback; rows go only by retention.
CREATE TABLE room_log (
  room TEXT NOT NULL REFERENCES room (id),
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  made_at INTEGER,
  kind INTEGER NOT NULL,
  via TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE room_snapshot (
  room TEXT PRIMARY KEY REFERENCES room (id),
  upto_seq INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- Blocks of 16 client IDs of the shared document, numbered from 1; block 0 is the coordinator's.
CREATE TABLE room_block (
  room TEXT NOT NULL REFERENCES room (id),
  block INTEGER NOT NULL,
  participant TEXT NOT NULL REFERENCES participant (id),
  device_hash TEXT NOT NULL,
  PRIMARY KEY (room, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE room_client (
  room TEXT NOT NULL REFERENCES room (id),
  client INTEGER NOT NULL,
  participant TEXT NOT NULL,
  witnessed INTEGER NOT NULL,
  PRIMARY KEY (room, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE runner (
  name TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  org TEXT, -- NULL for events of the whole installation
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_org ON audit (org, seq);
