-- Several coordinators on one database: who serves, where each room is at home, what the others must
-- hear of, and that all have the same keys.

CREATE TABLE node (
  id TEXT PRIMARY KEY,
  process TEXT NOT NULL, -- drawn at each start
  url TEXT NOT NULL, -- where clients reach this one and no other
  lease_until INTEGER NOT NULL -- by the database's clock
) STRICT;

CREATE TABLE room_home (
  room TEXT PRIMARY KEY REFERENCES room (id),
  node TEXT NOT NULL, -- '' = nowhere
  epoch INTEGER NOT NULL, -- raised whenever the room is opened
  batch INTEGER NOT NULL -- the last one of this epoch that is in the log
) STRICT;
CREATE INDEX room_home_node ON room_home (node);

CREATE TABLE notice (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  room TEXT,
  participant TEXT,
  device TEXT
) STRICT;

CREATE TABLE key_check (
  name TEXT PRIMARY KEY,
  hash TEXT NOT NULL
) STRICT;
