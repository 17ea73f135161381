-- Rooms that nobody has ended are looked for again and again, among all that ever were.
CREATE INDEX room_open ON room (interview) WHERE state = 'open';
