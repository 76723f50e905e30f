// SPDX-License-Identifier: GPL-3.0-or-later
// A person with the simplest of all browsers: opens an address, fills the form that is
// there, presses a button and goes wherever that leads. For tests that are not about
// real browsers.
'use strict';

const fs = require('fs');
const http = require('http');
const https = require('https');

const max_steps = 10;

function ask(address, method, body, ca) {
  return new Promise((resolve, reject) => {
    const { request } = address.protocol === 'https:' ? https : http;
    const headers = { Connection: 'close' };
    if (method === 'POST')
      headers['Content-Type'] = 'application/x-www-form-urlencoded';
    const asked = request(address, { method, headers, ca, agent: false }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => resolve({ status: answer.statusCode,
        location: answer.headers.location, text: Buffer.concat(pieces).toString() }));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

function unescape_html(text) {
  return text.replace(/&#([0-9]+);/g, (_, code) => String.fromCharCode(code));
}

function attribute(tag, name) {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(tag);
  return found === null ? '' : unescape_html(found[1]);
}

// The form of a page with its hidden fields, or null.
function find_form(text) {
  const form = /<form [^>]*>/.exec(text);
  if (form === null)
    return null;
  const hidden = [...text.matchAll(/<input type="hidden"[^>]*>/g)].map(([tag]) =>
    [attribute(tag, 'name'), attribute(tag, 'value')]);
  return { action: attribute(form[0], 'action'), hidden,
    wants_password: text.includes('name="password"') };
}

// Opens ADDRESS as USER; the outcome is the page where it ended.
async function visit({ address, user, password, decision, ca_file }) {
  const ca = ca_file === undefined ? undefined : fs.readFileSync(ca_file);
  let url = new URL(address);
  let answer = await ask(url, 'GET', undefined, ca);
  let has_answered = false;
  for (let i = 0; i < max_steps; i++) {
    if (answer.status >= 300 && answer.status < 400) {
      url = new URL(answer.location, url);
      answer = await ask(url, 'GET', undefined, ca);
      continue;
    }
    const form = find_form(answer.text);
    if (form === null || !form.wants_password || has_answered)
      break;
    has_answered = true;
    url = new URL(form.action, url);
    const fields = [...form.hidden, ['user', user], ['password', password],
      ['decision', decision]];
    answer = await ask(url, 'POST', new URLSearchParams(fields).toString(), ca);
  }
  return { status: answer.status, address: url.href, text: answer.text };
}

module.exports = { visit };

// node person.js '{"user": ..., ...}' ADDRESS, as a browser that somebody starts.
if (require.main === module)
  visit({ ...JSON.parse(process.argv[2]), address: process.argv[3] }).then(
    (page) => console.log(JSON.stringify(page)),
    (error) => { console.error(error.message); process.exitCode = 1; });
