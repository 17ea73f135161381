-- Signing in with other services. An identity is whom a provider vouches for; an attempt is somebody
-- whose browser is on its way to one; a grant is what came back, until the app takes it.

CREATE TABLE identity (
  id plain_text PRIMARY KEY,
  issuer plain_text NOT NULL, -- of the provider, whatever it is called here
  subject plain_text NOT NULL, -- the person, in the issuer's words
  person plain_text NOT NULL REFERENCES person (id),
  email plain_text NOT NULL, -- as the provider said it last; '' = not told
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  UNIQUE (issuer, subject)
);
CREATE INDEX identity_person ON identity (person);

CREATE TABLE provider_attempt (
  hash plain_text PRIMARY KEY, -- of the state
  provider plain_text NOT NULL, -- its name in the configuration
  browser plain_text NOT NULL, -- hash of what its cookie says
  redirect_uri plain_text NOT NULL, -- of the app, on its own machine
  challenge plain_text NOT NULL, -- of the app
  app_state plain_text NOT NULL,
  connects BIGINT NOT NULL, -- to somebody who is signed in
  expires_at BIGINT NOT NULL
);
CREATE INDEX provider_attempt_expires ON provider_attempt (expires_at);

CREATE TABLE provider_grant (
  hash plain_text PRIMARY KEY, -- of the code that the app gets
  issuer plain_text NOT NULL,
  subject plain_text NOT NULL,
  email plain_text NOT NULL, -- '' = not told
  is_verified BIGINT NOT NULL,
  name plain_text NOT NULL, -- '' = not told
  challenge plain_text NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX provider_grant_expires ON provider_grant (expires_at);
