// SPDX-License-Identifier: GPL-3.0-or-later
// The token endpoint: RFC 6749 4.1.3, 5 and 6, RFC 7636 4.5, RFC 8628 3.4, and rotation
// of refresh tokens as RFC 9700 4.14 has it.
'use strict';

const crypto = require('crypto');
const { Refusal, answer_json, authenticate_client, need, read_form, read_scope } =
  require('./message.js');

const device_grant = 'urn:ietf:params:oauth:grant-type:device_code';

function invalid_grant(description) {
  return new Refusal(400, 'invalid_grant', description);
}

class TokenEndpoint {
  constructor(book) {
    this.book = book;
    this.grants = new Map([
      ['authorization_code', (client, form) => this.take_code(client, form)],
      ['refresh_token', (client, form) => this.refresh(client, form)],
      [device_grant, (client, form) => this.poll(client, form)],
    ]);
  }

  serve(request, response, address, body) {
    const form = read_form(request, address, body);
    const client = authenticate_client(this.book, request, form);
    const type = need(form, 'grant_type');
    if (!this.grants.has(type))
      throw new Refusal(400, 'unsupported_grant_type', `not by "${type}"`);
    if (!client.grants.includes(type))
      throw new Refusal(400, 'unauthorized_client', 'not by this client');
    answer_json(response, 200, this.grants.get(type)(client, form));
  }

  take_code(client, form) {
    const code = this.book.codes.get(need(form, 'code'));
    const redirect_uri = need(form, 'redirect_uri');
    const verifier = need(form, 'code_verifier');
    if (code === undefined || code.client_id !== client.id)
      throw invalid_grant('no such code');
    if (code.is_spent) {
      // Somebody else has it, too: RFC 6749 4.1.2.
      if (code.grant !== null)
        code.grant.is_revoked = true;
      throw invalid_grant('this code was used before');
    }
    code.is_spent = true;
    if (code.expires_s <= this.book.now_s())
      throw invalid_grant('this code has expired');
    if (code.redirect_uri !== redirect_uri)
      throw invalid_grant('another redirect_uri than that of the request');
    this.check_verifier(verifier, code.challenge);
    code.grant = this.book.make_grant(client.id, code.user, code.scopes);
    return this.give(code.grant, code.scopes, true);
  }

  check_verifier(verifier, challenge) {
    if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier))
      throw new Refusal(400, 'invalid_request', 'malformed code_verifier');
    const digest = crypto.createHash('sha256').update(verifier).digest('base64url');
    if (digest !== challenge)
      throw invalid_grant('wrong code_verifier');
  }

  refresh(client, form) {
    const token = this.book.tokens.get(need(form, 'refresh_token'));
    if (token === undefined || token.kind !== 'refresh'
        || token.grant.client_id !== client.id)
      throw invalid_grant('no such refresh token');
    if (token.is_spent)
      token.grant.is_revoked = true; // one of two has stolen it
    if (!this.book.is_live(token))
      throw invalid_grant(token.is_spent ? 'this refresh token was used before'
        : 'this refresh token was revoked');
    const scopes = form.has('scope')
      ? read_scope(form.get('scope'), token.grant.scopes) : token.grant.scopes;
    token.is_spent = this.book.settings.rotates;
    token.grant.n_refreshes++;
    return this.give(token.grant, scopes, this.book.settings.rotates);
  }

  give(grant, scopes, has_refresh) {
    const { access_token_lifetime_s, refresh_scope } = this.book.settings;
    const given = { access_token: this.book.make_token('access', grant, scopes),
      token_type: 'Bearer', expires_in: access_token_lifetime_s,
      scope: scopes.join(' ') };
    if (has_refresh && (refresh_scope === null || grant.scopes.includes(refresh_scope)))
      given.refresh_token = this.book.make_token('refresh', grant, grant.scopes);
    return given;
  }

  // RFC 8628 3.5. Who asks too soon must wait 5 seconds longer each time from then on.
  poll(client, form) {
    const device = this.book.devices.get(need(form, 'device_code'));
    const now_s = this.book.now_s();
    if (device === undefined || device.client_id !== client.id || device.is_spent)
      throw invalid_grant('no such device code');
    if (device.expires_s <= now_s)
      throw new Refusal(400, 'expired_token', 'the code has expired');
    const is_early = device.asked_s !== null
      && now_s - device.asked_s < device.interval_s;
    device.asked_s = now_s;
    if (is_early) {
      device.interval_s += 5;
      throw new Refusal(400, 'slow_down', `every ${device.interval_s} s`);
    }
    return this.settle(client, device);
  }

  settle(client, device) {
    if (device.decision === null)
      throw new Refusal(400, 'authorization_pending', 'the user has not answered yet');
    device.is_spent = true;
    if (device.decision !== 'allow')
      throw new Refusal(400, 'access_denied', 'the user said no');
    const grant = this.book.make_grant(client.id, device.user, device.scopes);
    return this.give(grant, device.scopes, true);
  }
}

module.exports = { TokenEndpoint, device_grant };
