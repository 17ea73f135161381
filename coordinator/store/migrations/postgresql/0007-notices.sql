-- Mail that is to be sent, what people are told in the app, and calendars to subscribe to.

-- What is waiting, being sent or done. Texts hold {origin} and {from} for what the server is called.
CREATE TABLE outbox (
  id plain_text PRIMARY KEY,
  name plain_text NOT NULL, -- of the recipient
  address plain_text NOT NULL,
  subject plain_text NOT NULL,
  text plain_text NOT NULL,
  html plain_text NOT NULL,
  calendar plain_text, -- iCalendar
  method plain_text, -- of the calendar part: REQUEST, CANCEL
  state plain_text NOT NULL, -- waiting, sending, sent, failed
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL, -- of one that is being sent: when it counts as lost
  attempts BIGINT NOT NULL DEFAULT 0,
  unsure BIGINT NOT NULL DEFAULT 0, -- attempts of which nobody knows whether they arrived
  error plain_text
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_created ON outbox (created_at);

CREATE TABLE notification (
  id plain_text PRIMARY KEY,
  person plain_text NOT NULL REFERENCES person (id),
  at BIGINT NOT NULL,
  kind plain_text NOT NULL,
  interview plain_text NOT NULL REFERENCES interview (id),
  starts_at BIGINT NOT NULL,
  reason plain_text,
  read_at BIGINT
);
CREATE INDEX notification_person ON notification (person, id);

CREATE TABLE calendar_feed (
  person plain_text PRIMARY KEY REFERENCES person (id),
  token_hash plain_text NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
