// A real OpenID Connect provider, npm's certified oidc-provider, on a free port of this machine: oidc-provider.mjs.
// Says {"issuer": URL} on stdout, and ends when its stdin does. Whoever signs in as NAME with any password is
// NAME@example.org; the address of `uma` is not verified, `noah` has none. Its clients, all with the secret "secret":
//   entrevue  RS256, tells the address at its userinfo endpoint;  es  ES256;  ed  EdDSA, with the secret in the body;  open  none

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const PATH = /^http:\/\/127\.0\.0\.1:\d+\/api\/auth\/oidc\/[a-z-]+\/callback$/;

const keys = [['RS256', 'rsa', { modulusLength: 2048 }], ['ES256', 'ec', { namedCurve: 'P-256' }], ['EdDSA', 'ed25519', {}]]
  .map(([alg, kind, options]) => ({ ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: alg }));

const makeClient = (client_id, alg, more = { client_secret: 'secret' }) => ({
  client_id, id_token_signed_response_alg: alg, redirect_uris: ['http://127.0.0.1:1/api/auth/oidc/x/callback'], ...more });

const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      makeClient('entrevue', 'RS256'), makeClient('es', 'ES256'),
      makeClient('ed', 'EdDSA', { client_secret: 'secret', token_endpoint_auth_method: 'client_secret_post' }),
      makeClient('open', 'RS256', { token_endpoint_auth_method: 'none' }),
    ],
    jwks: { keys },
    pkce: { required: () => true, methods: ['S256'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['of the test'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id, name: id[0].toUpperCase() + id.slice(1), ...(id === 'noah' ? {} : { email: `${id}@example.org`, email_verified: id !== 'uma' }) }),
    }),
  });
  // The coordinator's port is not known when its clients are written down.
  provider.Client.prototype.redirectUriAllowed = (uri) => PATH.test(uri);
  server.on('request', provider.callback());
  process.stdout.write(JSON.stringify({ issuer }) + '\n');
});
process.stdin.resume().on('end', () => process.exit(0));
