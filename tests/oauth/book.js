// SPDX-License-Identifier: GPL-3.0-or-later
// What the server knows: its clients and users, and everything that it has given out.
// Its clock can be put forward, so that nobody has to wait for something to expire.
'use strict';

const crypto = require('crypto');

const code_lifetime_s = 60;
const user_code_letters = 'BCDFGHJKLMNPQRSTVWXZ'; // no words come about, RFC 8628 6.1

function random_text(n_bytes) {
  return crypto.randomBytes(n_bytes).toString('base64url');
}

class Book {
  constructor(settings) {
    this.settings = settings;
    this.ahead_s = 0;
    this.clients = new Map(settings.clients.map((client) => [client.id, client]));
    this.users = new Map(Object.entries(settings.users));
    this.requests = new Map(); // by what their login page sends back
    this.codes = new Map();
    this.devices = new Map();
    this.tokens = new Map();
    this.grants = [];
  }

  now_s() {
    return Date.now() / 1000 + this.ahead_s;
  }

  is_user(name, password) {
    return password !== undefined && this.users.get(name) === password;
  }

  // An authorization request that waits for its user; gives the name of the page.
  keep_request(request) {
    const name = random_text(16);
    this.requests.set(name, request);
    return name;
  }

  make_code(request, user) {
    const code = 'code-' + random_text(24);
    this.codes.set(code, { ...request, user, grant: null, is_spent: false,
      expires_s: this.now_s() + code_lifetime_s });
    return code;
  }

  make_device(client, scopes) {
    const device = { client_id: client.id, scopes, code: 'device-' + random_text(24),
      user_code: this.make_user_code(), decision: null, user: null, is_spent: false,
      interval_s: this.settings.device_interval_s, asked_s: null,
      expires_s: this.now_s() + this.settings.device_lifetime_s };
    this.devices.set(device.code, device);
    return device;
  }

  make_user_code() {
    let code = '';
    for (let i = 0; i < 8; i++)
      code += (i === 4 ? '-' : '') + user_code_letters[crypto.randomInt(20)];
    return code;
  }

  // The device that shows this code: case and signs do not count, RFC 8628 6.1.
  find_device(user_code) {
    const plain = (text) => text.toUpperCase().replace(/[^A-Z]/g, '');
    for (const device of this.devices.values())
      if (plain(device.user_code) === plain(user_code))
        return device;
    return undefined;
  }

  make_grant(client_id, user, scopes) {
    const grant = { client_id, user, scopes, is_revoked: false, n_refreshes: 0 };
    this.grants.push(grant);
    return grant;
  }

  make_token(kind, grant, scopes) {
    const n_bytes = kind === 'access' ? this.settings.access_token_bytes : 32;
    const token = `${kind}-${random_text(n_bytes)}`;
    const lifetime_s = kind === 'access' ? this.settings.access_token_lifetime_s
      : Infinity;
    this.tokens.set(token, { kind, grant, scopes, is_spent: false,
      given_s: this.now_s(), expires_s: this.now_s() + lifetime_s });
    return token;
  }

  is_live(token) {
    return token !== undefined && !token.is_spent && !token.grant.is_revoked
      && token.expires_s > this.now_s();
  }

  expire_access() {
    for (const token of this.tokens.values())
      if (token.kind === 'access')
        token.expires_s = Math.min(token.expires_s, this.now_s());
  }

  revoke_all() {
    for (const grant of this.grants)
      grant.is_revoked = true;
  }
}

module.exports = { Book };
