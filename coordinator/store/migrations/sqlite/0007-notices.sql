-- Mail that is to be sent, what people are told in the app, and calendars to subscribe to.

-- What is waiting, being sent or done. Texts hold {origin} and {from} for what the server is called.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL, -- of the recipient
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  calendar TEXT, -- iCalendar
  method TEXT, -- of the calendar part: REQUEST, CANCEL
  state TEXT NOT NULL, -- waiting, sending, sent, failed
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL, -- of one that is being sent: when it counts as lost
  attempts INTEGER NOT NULL DEFAULT 0,
  unsure INTEGER NOT NULL DEFAULT 0, -- attempts of which nobody knows whether they arrived
  error TEXT
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_created ON outbox (created_at);

CREATE TABLE notification (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  interview TEXT NOT NULL REFERENCES interview (id),
  starts_at INTEGER NOT NULL,
  reason TEXT,
  read_at INTEGER
) STRICT;
CREATE INDEX notification_person ON notification (person, id);

CREATE TABLE calendar_feed (
  person TEXT PRIMARY KEY REFERENCES person (id),
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;
