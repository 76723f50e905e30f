// SPDX-License-Identifier: GPL-3.0-or-later
// The pages that a person sees. The whole is plain HTML: no script, no style.
'use strict';

function escape(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function page(title, body) {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title></head>
<body><h1>${escape(title)}</h1>
${body}
</body></html>
`;
}

// Login and consent in one; HIDDEN is what goes back with it.
function consent(action, hidden, wanted, hint, problem) {
  const fields = Object.entries(hidden).map(([name, value]) =>
    `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`).join('\n');
  return page('Sign in', `${problem === '' ? '' : `<p id="problem">${escape(problem)}</p>`}
<p id="wanted">${escape(wanted)}</p>
<form method="post" action="${escape(action)}">
${fields}
<label>User <input id="user" name="user" value="${escape(hint)}"></label>
<label>Password <input id="password" name="password" type="password"></label>
<button id="allow" name="decision" value="allow">Allow</button>
<button id="deny" name="decision" value="deny">Deny</button>
</form>`);
}

function user_code(action, problem) {
  return page('Connect a device', `${problem === '' ? '' : `<p id="problem">${escape(problem)}</p>`}
<form method="get" action="${escape(action)}">
<label>Code <input id="user-code" name="user_code"></label>
<button id="next">Next</button>
</form>`);
}

function message(title, text) {
  return page(title, `<p id="message">${escape(text)}</p>`);
}

module.exports = { consent, message, user_code };
