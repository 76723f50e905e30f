// SPDX-License-Identifier: GPL-3.0-or-later
// An OAuth 2.0 authorization server that follows the RFCs to the letter and refuses what
// they forbid. Programs and people find what real ones offer: code with PKCE, device
// code, rotating refresh tokens, revocation, introspection, metadata.
//
//   node server.js '{"log": "FILE", ...}'     (the other settings: see below)
//
// prints {"issuer": ...} and then obeys one JSON object a line on standard input, each
// answered by one on standard output; it ends with standard input:
//
//   {"do": "advance", "seconds": N}    puts the clock forward
//   {"do": "expire-access"}            no access token counts any more
//   {"do": "revoke-all"}               no token and no sign-in counts any more
//   {"do": "set", "settings": {...}}   changes settings
//   {"do": "next", "endpoint": "token", "times": N, "answer": A}   answers the next N
//       requests with A: "hang", "cut", or {"status": N, "json": ... or "text": ...}
//   {"do": "consent", "error": {"error": ..., ...}}   what Allow leads to; null: a code
//   {"do": "spoil", "redirect": {...}, "metadata": {...}}   tells these wrong, or with
//       null not at all
//   {"do": "down"}, {"do": "up"}       refuses connections; listens on the same port
//   {"do": "give", "client": ..., "user": ..., "scope": ...}   a sign-in that is over:
//       the answer of the token endpoint
//   {"do": "describe", "token": T}     {"live": ..., "kind": ...}
//   {"do": "grants"}                   the sign-ins: user, refreshes, revoked or not
//   {"do": "visit", "address": ..., "user": ..., "password": ..., "decision": "allow"}
//       opens an address as a person would; "ca_file" for HTTPS
'use strict';

const fs = require('fs');
const http = require('http');
const https = require('https');
const readline = require('readline');
const { AuthorizationEndpoint } = require('./authorize.js');
const { Book } = require('./book.js');
const { DeviceEndpoint } = require('./device.js');
const { TokenDesk } = require('./inspect.js');
const { Refusal, answer, answer_json, answer_page, read_body } = require('./message.js');
const pages = require('./pages.js');
const { visit } = require('./person.js');
const { TokenEndpoint, device_grant } = require('./token.js');

const settings = {
  host: '127.0.0.1',
  port: 0,
  issuer_path: '',           // the issuer may have one: RFC 8414 3.1
  certificate: null,         // PEM files; HTTPS with them
  key: null,
  name: null,                // host in the issuer, where it is not the address
  metadata: ['oauth-authorization-server'], // or openid-configuration, or both, or none
  log: null,
  clients: [],
  users: {},
  scopes: ['smtp.send', 'offline_access', 'profile'],
  default_scope: 'smtp.send',
  refresh_scope: null,       // a refresh token only for who asked for this scope
  rotates: true,
  access_token_lifetime_s: 3600,
  access_token_bytes: 32,
  device_lifetime_s: 900,
  device_interval_s: 5,
  ...JSON.parse(process.argv[2] || '{}'),
};

const book = new Book(settings);
const planned = new Map(); // answers that were ordered, by endpoint
const spoiled_metadata = {};
let server;
let endpoints;
let authorization;
const token_endpoint = new TokenEndpoint(book);

function metadata(issuer) {
  const told = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    device_authorization_endpoint: `${issuer}/device_authorization`,
    revocation_endpoint: `${issuer}/revoke`,
    introspection_endpoint: `${issuer}/introspect`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', device_grant],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported:
      ['none', 'client_secret_basic', 'client_secret_post'],
    scopes_supported: settings.scopes,
    authorization_response_iss_parameter_supported: true,
    ...spoiled_metadata,
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
}

// The endpoints by path. RFC 8414 puts its well-known part before the issuer's path,
// OpenID Connect Discovery behind it.
function make_endpoints(issuer) {
  const path = settings.issuer_path;
  const device = new DeviceEndpoint(book, issuer);
  const desk = new TokenDesk(book, issuer);
  const describe = (_, response) => answer_json(response, 200, metadata(issuer));
  const all = new Map();
  const add = (where, name, serve, is_page = false) =>
    all.set(where, { name, serve, is_page });

  authorization = new AuthorizationEndpoint(book, issuer);
  add(`${path}/authorize`, 'authorize', (...asked) => authorization.serve(...asked), true);
  add(`${path}/consent`, 'consent', (...asked) => authorization.serve_consent(...asked), true);
  add(`${path}/token`, 'token', (...asked) => token_endpoint.serve(...asked));
  add(`${path}/device_authorization`, 'device_authorization',
    (...asked) => device.serve(...asked));
  add(`${path}/device`, 'device', (...asked) => device.serve_page(...asked), true);
  add(`${path}/revoke`, 'revoke', (...asked) => desk.serve_revoke(...asked));
  add(`${path}/introspect`, 'introspect', (...asked) => desk.serve_introspect(...asked));
  add(`${path}/userinfo`, 'userinfo', (...asked) => desk.serve_userinfo(...asked));
  if (settings.metadata.includes('oauth-authorization-server'))
    add(`/.well-known/oauth-authorization-server${path}`, 'metadata', describe);
  if (settings.metadata.includes('openid-configuration'))
    add(`${path}/.well-known/openid-configuration`, 'metadata', describe);
  return all;
}

// One line for each request, written before its answer goes out: who has the answer
// finds the line.
function note(request, address, body, endpoint, outcome) {
  if (settings.log === null)
    return;
  const fields = (text) => Object.fromEntries(new URLSearchParams(text));
  const line = { method: request.method, path: address.pathname, endpoint,
    query: fields(address.search), form: fields(body), headers: request.headers,
    ...outcome };
  fs.appendFileSync(settings.log, JSON.stringify(line) + '\n');
}

function next_planned(name) {
  const plan = planned.get(name);
  if (plan === undefined)
    return undefined;
  plan.times--;
  if (plan.times <= 0)
    planned.delete(name);
  return plan.answer;
}

function give_planned(request, response, plan) {
  if (plan === 'cut')
    request.socket.destroy();
  else if (plan === 'hang')
    return;
  else if (plan.json !== undefined)
    answer_json(response, plan.status, plan.json, plan.headers);
  else
    answer(response, plan.status, plan.type || 'text/html', plan.text || '',
      plan.headers);
}

function refuse(response, error, is_page) {
  if (!(error instanceof Refusal))
    throw error;
  response.outcome = { error: error.error, error_description: error.message };
  if (is_page)
    answer_page(response, error.status, pages.message('Not possible', error.message));
  else if (error.error === undefined)
    answer(response, error.status, 'text/plain', '', error.headers);
  else
    answer_json(response, error.status, { error: error.error,
      error_description: error.message }, error.headers);
}

async function serve(request, response) {
  const address = new URL(request.url, 'http://server');
  const endpoint = endpoints.get(address.pathname);
  const name = endpoint === undefined ? 'none' : endpoint.name;
  const plan = next_planned(name);
  let body = '';
  const end = response.end;
  response.end = (...rest) => {
    note(request, address, body, name, { status: response.statusCode,
      ...response.outcome });
    return end.apply(response, rest);
  };
  try {
    body = await read_body(request);
    if (typeof plan === 'string')
      note(request, address, body, name, { status: 0, error: plan });
    if (plan !== undefined)
      give_planned(request, response, plan);
    else if (endpoint === undefined)
      answer(response, 404, 'text/plain', 'nothing here\n');
    else
      endpoint.serve(request, response, address, body);
  } catch (error) {
    refuse(response, error, endpoint !== undefined && endpoint.is_page);
  }
}

function listen(port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, settings.host, resolve);
  });
}

async function go_down() {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

const commands = {
  advance: ({ seconds }) => { book.ahead_s += seconds; },
  'expire-access': () => book.expire_access(),
  'revoke-all': () => book.revoke_all(),
  set: (order) => { Object.assign(settings, order.settings); },
  next: ({ endpoint, times, answer }) => {
    planned.set(endpoint, { times: times === undefined ? 1 : times, answer });
  },
  consent: ({ error }) => { authorization.consent_error = error; },
  spoil: (order) => {
    authorization.spoiled = order.redirect || {};
    for (const name of Object.keys(spoiled_metadata))
      delete spoiled_metadata[name];
    Object.assign(spoiled_metadata, order.metadata || {});
  },
  down: go_down,
  up: () => listen(settings.port),
  give: ({ client, user, scope }) => {
    const scopes = scope.split(' ');
    return token_endpoint.give(book.make_grant(client, user, scopes), scopes, true);
  },
  describe: ({ token }) => {
    const found = book.tokens.get(token);
    return { live: book.is_live(found), kind: found === undefined ? '' : found.kind };
  },
  grants: () => ({ grants: book.grants.map(({ client_id, user, scopes, is_revoked,
    n_refreshes }) => ({ client_id, user, scope: scopes.join(' '), is_revoked,
    n_refreshes })) }),
  visit,
};

async function obey(line) {
  let told;
  try {
    const order = JSON.parse(line);
    told = { ok: true, ...await commands[order.do](order) };
  } catch (error) {
    told = { ok: false, problem: error.message };
  }
  process.stdout.write(JSON.stringify(told) + '\n');
}

async function main() {
  const is_https = settings.certificate !== null;
  server = is_https
    ? https.createServer({ cert: fs.readFileSync(settings.certificate),
      key: fs.readFileSync(settings.key || settings.certificate) }, serve)
    : http.createServer(serve);
  await listen(settings.port);
  settings.port = server.address().port;
  // Without the port where it is the scheme's own.
  const { origin } = new URL(`${is_https ? 'https' : 'http'}://`
    + `${settings.name || settings.host}:${settings.port}`);
  const issuer = origin + settings.issuer_path;
  endpoints = make_endpoints(issuer);
  process.stdout.write(JSON.stringify({ issuer, port: settings.port }) + '\n');
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', obey);
  lines.on('close', () => process.exit(0));
}

main();
