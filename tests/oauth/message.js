// SPDX-License-Identifier: GPL-3.0-or-later
// Requests as the RFCs want them read, and answers as they want them given.
'use strict';

const max_body_bytes = 64 * 1024;

// A request that is refused: what its answer says.
class Refusal extends Error {
  constructor(status, error, description, headers = {}) {
    super(description);
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

// application/x-www-form-urlencoded, with nothing forgiven: broken escapes and repeated
// names are errors (RFC 6749 3.1, 3.2); a name without a value counts as left out.
function read_parameters(text) {
  const parameters = new Map();
  for (const pair of text.split('&').filter((pair) => pair !== '')) {
    const at = pair.indexOf('=');
    const name = unescape_octets(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : unescape_octets(pair.slice(at + 1));
    if (parameters.has(name))
      throw new Refusal(400, 'invalid_request', `"${name}" is there more than once`);
    parameters.set(name, value);
  }
  for (const [name, value] of parameters)
    if (value === '')
      parameters.delete(name);
  return parameters;
}

function unescape_octets(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    throw new Refusal(400, 'invalid_request', 'broken percent-encoding');
  }
}

function read_body(request) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    let n_bytes = 0;
    request.on('data', (piece) => {
      n_bytes += piece.length;
      if (n_bytes <= max_body_bytes)
        pieces.push(piece);
    });
    request.on('end', () => n_bytes > max_body_bytes
      ? reject(new Refusal(413, 'invalid_request', 'the body is too large'))
      : resolve(Buffer.concat(pieces).toString('latin1')));
    request.on('error', reject);
  });
}

// The form of a POST. None of the endpoints for programs takes parameters in the
// address, where they would land in logs (RFC 6749 2.3.1, RFC 7009 2.1).
function read_form(request, address, body) {
  if (request.method !== 'POST')
    throw new Refusal(405, 'invalid_request', 'POST only', { Allow: 'POST' });
  if (address.search !== '')
    throw new Refusal(400, 'invalid_request', 'parameters belong into the body');
  const type = (request.headers['content-type'] || '').toLowerCase();
  if (!/^application\/x-www-form-urlencoded *(; *charset=utf-8 *)?$/.test(type))
    throw new Refusal(400, 'invalid_request', 'not application/x-www-form-urlencoded');
  return read_parameters(body);
}

function need(parameters, name) {
  const value = parameters.get(name);
  if (value === undefined)
    throw new Refusal(400, 'invalid_request', `"${name}" is missing`);
  return value;
}

// Name and password of "Authorization: Basic", form-encoded within (RFC 6749 2.3.1);
// null without one.
function read_basic(request) {
  const header = request.headers.authorization;
  if (header === undefined)
    return null;
  const found = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header);
  const text = found === null ? '' : Buffer.from(found[1], 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 0)
    throw invalid_client('not "Authorization: Basic"', true);
  return [unescape_octets(text.slice(0, at)), unescape_octets(text.slice(at + 1))];
}

function invalid_client(description, is_by_header) {
  return new Refusal(401, 'invalid_client', description,
    is_by_header ? { 'WWW-Authenticate': 'Basic realm="oauth"' } : {});
}

// Who asks (RFC 6749 2.3, 3.2.1): by one way only, a public client by its name alone.
function authenticate_client(book, request, parameters) {
  const basic = read_basic(request);
  const secret = parameters.get('client_secret');
  if (basic !== null && secret !== undefined)
    throw new Refusal(400, 'invalid_request', 'two ways of client authentication');
  if (basic === null)
    return check_client(book, need(parameters, 'client_id'), secret, false);
  if (parameters.has('client_id') && parameters.get('client_id') !== basic[0])
    throw new Refusal(400, 'invalid_request', 'two clients in one request');
  return check_client(book, basic[0], basic[1], true);
}

function check_client(book, id, secret, is_by_header) {
  const client = book.clients.get(id);
  if (client === undefined)
    throw invalid_client(`no client "${id}"`, is_by_header);
  // A public one has none: a secret of it is a wrong one.
  if (client.secret !== secret)
    throw invalid_client('wrong client secret', is_by_header);
  return client;
}

// The scopes of a request (RFC 6749 3.3), each once. One space stands between them: two
// have a scope without a name between them.
function read_scope(text, allowed) {
  const scopes = [...new Set(text.split(' '))];
  for (const scope of scopes)
    if (!allowed.includes(scope))
      throw new Refusal(400, 'invalid_scope', `scope "${scope}" is not to be had`);
  return scopes;
}

const never_kept = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

function answer(response, status, type, text, headers = {}) {
  const bytes = Buffer.from(text);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length,
    ...never_kept, ...headers });
  response.end(bytes);
}

function answer_json(response, status, value, headers = {}) {
  response.outcome = value.error === undefined ? {} : { error: value.error,
    error_description: value.error_description };
  answer(response, status, 'application/json;charset=UTF-8', JSON.stringify(value),
    headers);
}

function answer_page(response, status, text) {
  answer(response, status, 'text/html;charset=UTF-8', text,
    { 'X-Frame-Options': 'DENY', 'Referrer-Policy': 'no-referrer' });
}

module.exports = { Refusal, answer, answer_json, answer_page, authenticate_client, need,
  read_basic, read_body, read_form, read_parameters, read_scope };
