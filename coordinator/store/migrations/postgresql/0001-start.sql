-- The first schema: people and their sessions, organisations, slots and bookings, rooms with their
-- log, runners, audit. Times are microseconds since 1970 in UTC. A statement ends with a semicolon on
-- a line that does not start with a space.
--
-- The same tables and columns as migrations/sqlite, where the comments of columns are.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Compared by bytes, as SQLite does it, whatever the language of the database.
CREATE DOMAIN plain_text AS TEXT COLLATE "C";

CREATE TABLE person (
  id plain_text PRIMARY KEY,
  email plain_text NOT NULL UNIQUE, -- lower case
  name plain_text NOT NULL,
  password plain_text NOT NULL, -- Argon2id, encoded; '' = cannot sign in with a password
  locale plain_text,
  zone plain_text,
  is_site_admin BIGINT NOT NULL DEFAULT 0,
  is_active BIGINT NOT NULL DEFAULT 1,
  credential_version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL
);

CREATE TABLE session_family (
  id plain_text PRIMARY KEY,
  person plain_text NOT NULL REFERENCES person (id),
  device plain_text NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX session_family_person ON session_family (person);

CREATE TABLE refresh_token (
  hash plain_text PRIMARY KEY,
  family plain_text NOT NULL REFERENCES session_family (id) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL,
  spent_at BIGINT,
  salt plain_text, -- with the secret key and the token itself gives its one successor
  successor plain_text
);
CREATE INDEX refresh_token_family ON refresh_token (family);

CREATE TABLE org (
  id plain_text PRIMARY KEY,
  name plain_text NOT NULL,
  zone plain_text NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE member (
  org plain_text NOT NULL REFERENCES org (id),
  person plain_text NOT NULL REFERENCES person (id),
  role plain_text NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (org, person)
);
CREATE INDEX member_person ON member (person);

CREATE TABLE slot (
  id plain_text PRIMARY KEY,
  org plain_text NOT NULL REFERENCES org (id),
  interviewer plain_text NOT NULL REFERENCES person (id),
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  zone plain_text NOT NULL,
  kind plain_text NOT NULL,
  title plain_text NOT NULL,
  capacity BIGINT NOT NULL,
  taken BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  CHECK (starts_at < ends_at),
  CHECK (taken >= 0 AND taken <= capacity)
);
CREATE INDEX slot_org ON slot (org, starts_at, id);

-- What may not overlap: an interviewer has one row per slot, a candidate one per booking.
CREATE TABLE busy (
  person plain_text NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  source plain_text NOT NULL,
  PRIMARY KEY (person, source),
  CHECK (starts_at < ends_at),
  EXCLUDE USING gist (person WITH =, int8range (starts_at, ends_at) WITH &&)
);
CREATE INDEX busy_person ON busy (person, starts_at);
CREATE TABLE interview (
  id plain_text PRIMARY KEY,
  org plain_text NOT NULL REFERENCES org (id),
  slot plain_text NOT NULL REFERENCES slot (id),
  interviewer plain_text NOT NULL REFERENCES person (id),
  candidate plain_text REFERENCES person (id), -- NULL when a guest is invited
  kind plain_text NOT NULL,
  title plain_text NOT NULL,
  note plain_text,
  state plain_text NOT NULL, -- booked, ended
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_by plain_text,
  created_at BIGINT NOT NULL
);
CREATE INDEX interview_candidate ON interview (candidate, starts_at, id);
CREATE INDEX interview_interviewer ON interview (interviewer, starts_at, id);
CREATE INDEX interview_org ON interview (org, starts_at, id);

CREATE TABLE room (
  id plain_text PRIMARY KEY,
  interview plain_text NOT NULL UNIQUE REFERENCES interview (id),
  state plain_text NOT NULL, -- open, ended
  rev BIGINT NOT NULL DEFAULT 1,
  edit_locked BIGINT NOT NULL DEFAULT 0,
  run_locked BIGINT NOT NULL DEFAULT 0,
  question plain_text,
  ended_at BIGINT,
  seal plain_text,
  next_block BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE participant (
  id plain_text PRIMARY KEY,
  room plain_text NOT NULL REFERENCES room (id),
  person plain_text REFERENCES person (id), -- NULL for a guest
  name plain_text NOT NULL,
  role plain_text NOT NULL, -- host, co-interviewer, candidate, observer
  state BIGINT NOT NULL, -- 1 expected, 2 present, 3 removed
  created_at BIGINT NOT NULL,
  UNIQUE (room, person)
);
CREATE INDEX participant_person ON participant (person);

CREATE TABLE invitation (
  id plain_text PRIMARY KEY,
  room plain_text NOT NULL REFERENCES room (id),
  participant plain_text NOT NULL REFERENCES participant (id),
  token_hash plain_text NOT NULL UNIQUE,
  device_hash plain_text, -- the first device that used it
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  created_by plain_text,
  created_at BIGINT NOT NULL
);
CREATE INDEX invitation_room ON invitation (room, id);
CREATE INDEX invitation_participant ON invitation (participant);

CREATE TABLE room_token (
  hash plain_text PRIMARY KEY,
  room plain_text NOT NULL REFERENCES room (id),
  participant plain_text NOT NULL REFERENCES participant (id),
  device_hash plain_text NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX room_token_room ON room_token (room, participant);

-- The durable copy and the playback; rows go only by retention.
CREATE TABLE room_log (
  room plain_text NOT NULL REFERENCES room (id),
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  made_at BIGINT,
  kind BIGINT NOT NULL,
  via plain_text NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (room, seq)
);

CREATE TABLE room_snapshot (
  room plain_text PRIMARY KEY REFERENCES room (id),
  upto_seq BIGINT NOT NULL,
  bytes BYTEA NOT NULL
);

-- Blocks of 16 client IDs of the shared document, numbered from 1; block 0 is the coordinator's.
CREATE TABLE room_block (
  room plain_text NOT NULL REFERENCES room (id),
  block BIGINT NOT NULL,
  participant plain_text NOT NULL REFERENCES participant (id),
  device_hash plain_text NOT NULL,
  PRIMARY KEY (room, block)
);

CREATE TABLE room_client (
  room plain_text NOT NULL REFERENCES room (id),
  client BIGINT NOT NULL,
  participant plain_text NOT NULL,
  witnessed BIGINT NOT NULL,
  PRIMARY KEY (room, client)
);

CREATE TABLE runner (
  name plain_text PRIMARY KEY,
  token_hash plain_text NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE TABLE audit (
  seq BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  org plain_text, -- NULL for events of the whole installation
  actor plain_text NOT NULL,
  action plain_text NOT NULL,
  subject plain_text NOT NULL,
  detail plain_text NOT NULL
);
CREATE INDEX audit_org ON audit (org, seq);
