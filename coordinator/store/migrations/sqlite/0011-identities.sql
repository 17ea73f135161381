-- Signing in with other services. An identity is whom a provider vouches for; an attempt is somebody
-- whose browser is on its way to one; a grant is what came back, until the app takes it.

CREATE TABLE identity (
  id TEXT PRIMARY KEY,
  issuer TEXT NOT NULL, -- of the provider, whatever it is called here
  subject TEXT NOT NULL, -- the person, in the issuer's words
  person TEXT NOT NULL REFERENCES person (id),
  email TEXT NOT NULL, -- as the provider said it last; '' = not told
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  UNIQUE (issuer, subject)
) STRICT;
CREATE INDEX identity_person ON identity (person);

CREATE TABLE provider_attempt (
  hash TEXT PRIMARY KEY, -- of the state
  provider TEXT NOT NULL, -- its name in the configuration
  browser TEXT NOT NULL, -- hash of what its cookie says
  redirect_uri TEXT NOT NULL, -- of the app, on its own machine
  challenge TEXT NOT NULL, -- of the app
  app_state TEXT NOT NULL,
  connects INTEGER NOT NULL, -- to somebody who is signed in
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX provider_attempt_expires ON provider_attempt (expires_at);

CREATE TABLE provider_grant (
  hash TEXT PRIMARY KEY, -- of the code that the app gets
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  email TEXT NOT NULL, -- '' = not told
  is_verified INTEGER NOT NULL,
  name TEXT NOT NULL, -- '' = not told
  challenge TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX provider_grant_expires ON provider_grant (expires_at);
