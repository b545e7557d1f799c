// A certified OpenID provider on loopback. For tests only.
// Beside the provider's own endpoints: a form to sign in, and `/control/…`, where a test names clients and people, and
// turns keys.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

let clients = [];
const known = new Map();
const keys = [];
let answer;

function addKey(alg) {
  const make = { RS256: ['rsa', { modulusLength: 2048 }], PS256: ['rsa', { modulusLength: 2048 }],
    ES256: ['ec', { namedCurve: 'P-256' }], EdDSA: ['ed25519', {}], Ed25519: ['ed25519', {}] }[alg];
  const jwk = generateKeyPairSync(...make).privateKey.export({ format: 'jwk' });
  keys.push({ ...jwk, alg, use: 'sig', kid: `${alg}-${keys.length}` });
}

function build(issuer) {
  const provider = new Provider(issuer, {
    clients,
    jwks: { keys: keys.toReversed() }, // the newest signs
    cookies: { keys: [secret] },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    clientBasedCORS: () => false,
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => { ctx.body = `<!doctype html>${form}<button form="op.logoutForm" name="logout" value="yes">Leave</button>`; },
    } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => known.has(id) && { accountId: id, claims: () => ({ sub: id, ...known.get(id) }) },
    // Whoever signs in consents.
    loadExistingGrant: async (ctx) => {
      const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined }), // clients live on loopback here
    ttl: { IdToken: 300, AccessToken: 300, AuthorizationCode: 60, Session: 3600, Interaction: 600, Grant: 3600 },
  });
  const call = provider.callback();
  return async (request, response) => {
    const [, place, uid] = request.url.split('?')[0].split('/');
    if (place === 'interaction') return interact(provider, uid, request, response);
    if (place === 'control') return control(issuer, uid, request, response);
    return call(request, response);
  };
}

async function bodyOf(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

async function interact(provider, uid, request, response) {
  if (request.method === 'POST') {
    const login = new URLSearchParams(await bodyOf(request)).get('login');
    const result = known.has(login) ? { login: { accountId: login } } : { error: 'access_denied' };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    return;
  }
  await provider.interactionDetails(request, response);
  response.setHeader('content-type', 'text/html');
  response.end(`<!doctype html><title>Identity provider</title><form method="post" action="/interaction/${uid}">
    <label>Login <input name="login" autofocus></label><button>Sign in</button></form>`);
}

async function control(issuer, what, request, response) {
  const told = JSON.parse((await bodyOf(request)) || '{}');
  if (what === 'clients') {
    clients = told;
    answer = build(issuer);
  }
  if (what === 'people') known.set(told.sub, told.claims);
  if (what === 'keys') {
    addKey(told.alg);
    if (told.only) keys.splice(0, keys.length - 1);
    answer = build(issuer);
  }
  response.end('{}');
}

const secret = randomBytes(32).toString('hex');
addKey('RS256');
const server = createServer((request, response) => answer(request, response).catch((error) => {
  response.statusCode ||= 500;
  response.end(String(error));
}));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://localhost:${server.address().port}`; // another site than 127.0.0.1, where we are
  answer = build(issuer);
  process.stdout.write(`${issuer}\n`);
});
// It ends with whoever started it.
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
