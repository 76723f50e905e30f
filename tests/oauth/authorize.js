// SPDX-License-Identifier: GPL-3.0-or-later
// The authorization endpoint: RFC 6749 3.1 and 4.1, RFC 7636 4.3, RFC 8252 7.3, RFC 9207.
'use strict';

const { Refusal, answer_page, read_form, read_parameters, read_scope } =
  require('./message.js');
const pages = require('./pages.js');

const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?/;
const any_port = /^(http:\/\/[^/:]+):\*/;

// Character for character (RFC 6749 3.1.2.3), save for the port of a loopback address
// (RFC 8252 7.3), and of one that is registered with the port "*".
function is_same_redirect(registered, given) {
  const host = loopback.exec(registered);
  if (host !== null) {
    const other = loopback.exec(given);
    return other !== null && other[1] === host[1]
      && given.slice(other[0].length) === registered.slice(host[0].length);
  }
  const open = any_port.exec(registered);
  if (open === null || !given.startsWith(open[1]))
    return registered === given;
  return given.slice(open[1].length).replace(/^:[0-9]{1,5}/, '')
    === registered.slice(open[0].length);
}

// The client, if it and its redirect address are beyond doubt. Otherwise the user is
// told, and the browser is sent nowhere (RFC 6749 4.1.2.1).
function find_client(book, parameters) {
  const client = book.clients.get(parameters.get('client_id'));
  if (client === undefined)
    throw new Refusal(400, 'invalid_client', 'This program is not known here.');
  const given = parameters.get('redirect_uri') || '';
  if (!client.redirect_uris.some((uri) => is_same_redirect(uri, given)))
    throw new Refusal(400, 'invalid_redirect_uri',
      'This program asks to be sent where it is not registered.');
  return client;
}

function check_request(book, client, parameters) {
  if (!parameters.has('response_type'))
    throw new Refusal(302, 'invalid_request', '"response_type" is missing');
  if (parameters.get('response_type') !== 'code')
    throw new Refusal(302, 'unsupported_response_type', 'code only');
  if (!client.grants.includes('authorization_code'))
    throw new Refusal(302, 'unauthorized_client', 'not by this client');
  // RFC 7636 4.3: without a method it would be "plain".
  if (parameters.get('code_challenge_method') !== 'S256')
    throw new Refusal(302, 'invalid_request', 'transform algorithm not supported');
  if (!/^[A-Za-z0-9_-]{43}$/.test(parameters.get('code_challenge') || ''))
    throw new Refusal(302, 'invalid_request', 'code challenge required');
  const { scopes, default_scope } = book.settings;
  return read_scope(parameters.get('scope') || default_scope, scopes);
}

class AuthorizationEndpoint {
  constructor(book, issuer) {
    this.book = book;
    this.issuer = issuer;
    this.consent_error = null; // what "Allow" leads to instead of a code
    this.spoiled = {};         // parameters of the answer that are told wrong
  }

  // GET or POST (RFC 6749 3.1).
  serve(request, response, address, body) {
    const text = request.method === 'GET' ? address.search.slice(1) : body;
    const { parameters, problem } = this.read_forgivingly(text);
    const client = find_client(this.book, parameters);
    try {
      if (problem !== null)
        throw problem;
      const scopes = check_request(this.book, client, parameters);
      this.show_consent(response, parameters, client, scopes);
    } catch (error) {
      if (!(error instanceof Refusal))
        throw error;
      this.redirect(response, parameters, { error: error.error,
        error_description: error.message });
    }
  }

  // A repeated parameter is an error that the client is told, as long as it is not one
  // of the two that say where the client is.
  read_forgivingly(text) {
    try {
      return { parameters: read_parameters(text), problem: null };
    } catch (problem) {
      const pairs = [...new URLSearchParams(text)];
      const once = (name) => pairs.filter((pair) => pair[0] === name).length === 1;
      return { problem, parameters: new Map(pairs.filter(([name]) => once(name))) };
    }
  }

  show_consent(response, parameters, client, scopes) {
    const name = this.book.keep_request({ parameters, client_id: client.id, scopes,
      redirect_uri: parameters.get('redirect_uri'),
      challenge: parameters.get('code_challenge') });
    this.show_page(response, name, parameters.get('login_hint') || '', '');
  }

  show_page(response, name, hint, problem) {
    const { client_id, scopes } = this.book.requests.get(name);
    answer_page(response, 200, pages.consent(`${this.issuer}/consent`, { request: name },
      `${client_id} asks for: ${scopes.join(' ')}`, hint, problem));
  }

  // What the user said on the page.
  serve_consent(request, response, address, body) {
    const form = read_form(request, address, body);
    const name = form.get('request');
    const kept = this.book.requests.get(name);
    if (kept === undefined)
      throw new Refusal(400, 'invalid_request', 'This page was used before.');
    const user = form.get('user') || '';
    if (form.get('decision') === 'allow'
        && !this.book.is_user(user, form.get('password'))) {
      this.show_page(response, name, user, 'Wrong user or password');
      return;
    }
    this.book.requests.delete(name);
    this.redirect(response, kept.parameters, this.decide(kept, form));
  }

  decide(kept, form) {
    if (form.get('decision') !== 'allow')
      return { error: 'access_denied', error_description: 'the user said no' };
    if (this.consent_error !== null)
      return this.consent_error;
    return { code: this.book.make_code(kept, form.get('user')) };
  }

  // State as it came (RFC 6749 4.1.2), issuer (RFC 9207 2), and back to the client.
  redirect(response, parameters, fields) {
    const all = { ...fields, iss: this.issuer };
    if (parameters.has('state'))
      all.state = parameters.get('state');
    for (const [name, value] of Object.entries(this.spoiled))
      if (value === null)
        delete all[name];
      else
        all[name] = value;
    const uri = parameters.get('redirect_uri');
    const query = new URLSearchParams(all).toString();
    response.outcome = { error: fields.error,
      error_description: fields.error_description };
    response.writeHead(303, { 'Cache-Control': 'no-store', 'Content-Length': 0,
      'Referrer-Policy': 'no-referrer',
      Location: uri + (uri.includes('?') ? '&' : '?') + query });
    response.end();
  }
}

module.exports = { AuthorizationEndpoint };
