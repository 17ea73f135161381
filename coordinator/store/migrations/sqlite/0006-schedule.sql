-- Hours in which people can be met, panels, links to book with, and what became of an interview.

CREATE TABLE availability (
  person TEXT PRIMARY KEY REFERENCES person (id),
  zone TEXT NOT NULL,
  length_s INTEGER NOT NULL,
  buffer_s INTEGER NOT NULL,
  notice_s INTEGER NOT NULL,
  ahead_days INTEGER NOT NULL,
  daily_limit INTEGER NOT NULL, -- 0: none
  version INTEGER NOT NULL
) STRICT;

-- On the wall: minutes from midnight, days of the week from Monday (0).
CREATE TABLE weekly_hours (
  person TEXT NOT NULL REFERENCES person (id),
  weekday INTEGER NOT NULL,
  from_minute INTEGER NOT NULL,
  until_minute INTEGER NOT NULL,
  PRIMARY KEY (person, weekday, from_minute)
) STRICT;

-- All there is on one day (since 1970); an empty span says that there is nothing.
CREATE TABLE special_hours (
  person TEXT NOT NULL REFERENCES person (id),
  day INTEGER NOT NULL,
  from_minute INTEGER NOT NULL,
  until_minute INTEGER NOT NULL,
  PRIMARY KEY (person, day, from_minute)
) STRICT;

-- Who interviews beside the slot's interviewer.
CREATE TABLE slot_panel (
  slot TEXT NOT NULL REFERENCES slot (id),
  person TEXT NOT NULL REFERENCES person (id),
  PRIMARY KEY (slot, person)
) STRICT;

-- open or cancelled; an offer, or made of somebody's hours and gone with its interview.
ALTER TABLE slot ADD COLUMN state TEXT NOT NULL DEFAULT 'open';
ALTER TABLE slot ADD COLUMN source TEXT NOT NULL DEFAULT 'offer';

-- sequence is that of the calendar entry; the guest is who booked without an account.
ALTER TABLE interview ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE interview ADD COLUMN guest_name TEXT;
ALTER TABLE interview ADD COLUMN guest_email TEXT;
ALTER TABLE interview ADD COLUMN guest_locale TEXT;
ALTER TABLE interview ADD COLUMN guest_zone TEXT;

CREATE TABLE interview_change (
  interview TEXT NOT NULL REFERENCES interview (id),
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL, -- a person's id, operator, or guest
  kind TEXT NOT NULL, -- booked, moved, cancelled, no-show, ended
  starts_at INTEGER NOT NULL, -- after the change
  reason TEXT,
  PRIMARY KEY (interview, seq)
) STRICT;

-- For one person without an account.
CREATE TABLE booking_link (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES org (id),
  interviewer TEXT NOT NULL REFERENCES person (id),
  panel TEXT NOT NULL, -- ids with a space between
  title TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  interview TEXT REFERENCES interview (id), -- once booked
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX booking_link_org ON booking_link (org, id);
