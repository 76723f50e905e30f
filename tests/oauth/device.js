// SPDX-License-Identifier: GPL-3.0-or-later
// Device authorization: RFC 8628 3.1 to 3.3, with the page where the user types the code.
'use strict';

const { Refusal, answer_json, answer_page, authenticate_client, read_form,
  read_parameters, read_scope } = require('./message.js');
const { device_grant } = require('./token.js');
const pages = require('./pages.js');

class DeviceEndpoint {
  constructor(book, issuer) {
    this.book = book;
    this.issuer = issuer;
  }

  serve(request, response, address, body) {
    const form = read_form(request, address, body);
    const client = authenticate_client(this.book, request, form);
    const { scopes, default_scope, device_lifetime_s } = this.book.settings;
    if (!client.grants.includes(device_grant))
      throw new Refusal(400, 'unauthorized_client', 'not by this client');
    const device = this.book.make_device(client,
      read_scope(form.get('scope') || default_scope, scopes));
    const page = `${this.issuer}/device`;
    answer_json(response, 200, { device_code: device.code, user_code: device.user_code,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${device.user_code}`,
      expires_in: device_lifetime_s, interval: device.interval_s });
  }

  serve_page(request, response, address, body) {
    if (request.method === 'POST') {
      this.decide(response, read_form(request, address, body));
      return;
    }
    const typed = read_parameters(address.search.slice(1)).get('user_code');
    if (typed === undefined)
      answer_page(response, 200, pages.user_code(`${this.issuer}/device`, ''));
    else
      this.show(response, typed, '', '');
  }

  find(typed) {
    const device = this.book.find_device(typed || '');
    const is_open = device !== undefined && device.decision === null
      && device.expires_s > this.book.now_s();
    return is_open ? device : undefined;
  }

  show(response, typed, hint, problem) {
    const device = this.find(typed);
    const page = `${this.issuer}/device`;
    answer_page(response, 200, device === undefined
      ? pages.user_code(page, 'There is no such code')
      : pages.consent(page, { user_code: device.user_code },
        `${device.client_id} on the device that shows ${device.user_code} asks for: `
        + device.scopes.join(' '), hint, problem));
  }

  decide(response, form) {
    const device = this.find(form.get('user_code'));
    const user = form.get('user') || '';
    const is_yes = form.get('decision') === 'allow';
    if (device === undefined
        || (is_yes && !this.book.is_user(user, form.get('password')))) {
      this.show(response, form.get('user_code') || '', user, 'Wrong user or password');
      return;
    }
    device.user = user;
    device.decision = is_yes ? 'allow' : 'deny';
    answer_page(response, 200, pages.message('Connect a device',
      is_yes ? 'You are done. Go back to the device.' : 'The device was not let in.'));
  }
}

module.exports = { DeviceEndpoint };
