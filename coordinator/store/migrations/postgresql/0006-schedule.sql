-- Hours in which people can be met, panels, links to book with, and what became of an interview.

CREATE TABLE availability (
  person plain_text PRIMARY KEY REFERENCES person (id),
  zone plain_text NOT NULL,
  length_s BIGINT NOT NULL,
  buffer_s BIGINT NOT NULL,
  notice_s BIGINT NOT NULL,
  ahead_days BIGINT NOT NULL,
  daily_limit BIGINT NOT NULL, -- 0: none
  version BIGINT NOT NULL
);

-- On the wall: minutes from midnight, days of the week from Monday (0).
CREATE TABLE weekly_hours (
  person plain_text NOT NULL REFERENCES person (id),
  weekday BIGINT NOT NULL,
  from_minute BIGINT NOT NULL,
  until_minute BIGINT NOT NULL,
  PRIMARY KEY (person, weekday, from_minute)
);

-- All there is on one day (since 1970); an empty span says that there is nothing.
CREATE TABLE special_hours (
  person plain_text NOT NULL REFERENCES person (id),
  day BIGINT NOT NULL,
  from_minute BIGINT NOT NULL,
  until_minute BIGINT NOT NULL,
  PRIMARY KEY (person, day, from_minute)
);

-- Who interviews beside the slot's interviewer.
CREATE TABLE slot_panel (
  slot plain_text NOT NULL REFERENCES slot (id),
  person plain_text NOT NULL REFERENCES person (id),
  PRIMARY KEY (slot, person)
);

-- open or cancelled; an offer, or made of somebody's hours and gone with its interview.
ALTER TABLE slot ADD COLUMN state plain_text NOT NULL DEFAULT 'open';
ALTER TABLE slot ADD COLUMN source plain_text NOT NULL DEFAULT 'offer';

-- sequence is that of the calendar entry; the guest is who booked without an account.
ALTER TABLE interview ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE interview ADD COLUMN guest_name plain_text;
ALTER TABLE interview ADD COLUMN guest_email plain_text;
ALTER TABLE interview ADD COLUMN guest_locale plain_text;
ALTER TABLE interview ADD COLUMN guest_zone plain_text;

CREATE TABLE interview_change (
  interview plain_text NOT NULL REFERENCES interview (id),
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor plain_text NOT NULL, -- a person's id, operator, or guest
  kind plain_text NOT NULL, -- booked, moved, cancelled, no-show, ended
  starts_at BIGINT NOT NULL, -- after the change
  reason plain_text,
  PRIMARY KEY (interview, seq)
);

-- For one person without an account.
CREATE TABLE booking_link (
  id plain_text PRIMARY KEY,
  org plain_text NOT NULL REFERENCES org (id),
  interviewer plain_text NOT NULL REFERENCES person (id),
  panel plain_text NOT NULL, -- ids with a space between
  title plain_text NOT NULL,
  name plain_text NOT NULL,
  email plain_text NOT NULL,
  token_hash plain_text NOT NULL UNIQUE,
  interview plain_text REFERENCES interview (id), -- once booked
  created_by plain_text NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX booking_link_org ON booking_link (org, id);
