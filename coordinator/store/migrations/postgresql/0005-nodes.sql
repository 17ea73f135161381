-- Several coordinators on one database: who serves, where each room is at home, what the others must
-- hear of, and that all have the same keys.

CREATE TABLE node (
  id plain_text PRIMARY KEY,
  process plain_text NOT NULL, -- drawn at each start
  url plain_text NOT NULL, -- where clients reach this one and no other
  lease_until BIGINT NOT NULL -- by the database's clock
);

CREATE TABLE room_home (
  room plain_text PRIMARY KEY REFERENCES room (id),
  node plain_text NOT NULL, -- '' = nowhere
  epoch BIGINT NOT NULL, -- raised whenever the room is opened
  batch BIGINT NOT NULL -- the last one of this epoch that is in the log
);
CREATE INDEX room_home_node ON room_home (node);

CREATE TABLE notice (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  room plain_text,
  participant plain_text,
  device plain_text
);

CREATE TABLE key_check (
  name plain_text PRIMARY KEY,
  hash plain_text NOT NULL
);
