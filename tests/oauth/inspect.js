// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with a token apart from getting it: revocation (RFC 7009),
// introspection (RFC 7662), and a resource that it opens (RFC 6750).
'use strict';

const { Refusal, answer, answer_json, authenticate_client, need, read_form,
  read_parameters } = require('./message.js');

// RFC 6750 3: without a token there is no error to tell, only the way in.
function bearer_refusal(status, error, description, scope) {
  const parts = ['realm="oauth"'];
  if (error !== undefined)
    parts.push(`error="${error}"`, `error_description="${description}"`);
  if (scope !== undefined)
    parts.push(`scope="${scope}"`);
  return new Refusal(status, error, description,
    { 'WWW-Authenticate': `Bearer ${parts.join(', ')}` });
}

// The token of RFC 6750 2.1; 2.2 and 2.3 are refused, as 9700 4.3.2 wants it.
function read_bearer(request, address) {
  if (read_parameters(address.search.slice(1)).has('access_token'))
    throw bearer_refusal(400, 'invalid_request', 'the token belongs into a header');
  const header = request.headers.authorization;
  if (header === undefined || !/^bearer /i.test(header))
    throw bearer_refusal(401);
  const found = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header);
  if (found === null)
    throw bearer_refusal(400, 'invalid_request', 'malformed token');
  return found[1];
}

class TokenDesk {
  constructor(book, issuer) {
    this.book = book;
    this.issuer = issuer;
  }

  // A refresh token takes all access tokens of its sign-in with it, an access token
  // goes alone; what is no token is no error (RFC 7009 2.1, 2.2).
  serve_revoke(request, response, address, body) {
    const form = read_form(request, address, body);
    const client = authenticate_client(this.book, request, form);
    const token = this.book.tokens.get(need(form, 'token'));
    if (token !== undefined && token.grant.client_id !== client.id)
      throw new Refusal(400, 'invalid_grant', 'a token of another client');
    if (token !== undefined && token.kind === 'refresh')
      token.grant.is_revoked = true;
    else if (token !== undefined)
      token.is_spent = true;
    answer(response, 200, 'text/plain', '');
  }

  // Only for servers that are registered for it (RFC 7662 2.1, 4).
  serve_introspect(request, response, address, body) {
    const form = read_form(request, address, body);
    const client = authenticate_client(this.book, request, form);
    if (!client.may_introspect)
      throw new Refusal(403, 'unauthorized_client', 'not by this client');
    answer_json(response, 200, this.describe(need(form, 'token')));
  }

  describe(text) {
    const token = this.book.tokens.get(text);
    if (!this.book.is_live(token))
      return { active: false };
    const { user, client_id } = token.grant;
    const told = { active: true, iss: this.issuer, client_id, username: user, sub: user,
      scope: token.scopes.join(' '), iat: Math.floor(token.given_s) };
    if (token.kind === 'access')
      Object.assign(told, { token_type: 'Bearer', exp: Math.floor(token.expires_s) });
    return told;
  }

  serve_userinfo(request, response, address) {
    const token = this.book.tokens.get(read_bearer(request, address));
    if (!this.book.is_live(token) || token.kind !== 'access')
      throw bearer_refusal(401, 'invalid_token', 'the token is not valid');
    if (!token.scopes.includes('profile'))
      throw bearer_refusal(403, 'insufficient_scope', 'needs more', 'profile');
    answer_json(response, 200, { sub: token.grant.user });
  }
}

module.exports = { TokenDesk };
