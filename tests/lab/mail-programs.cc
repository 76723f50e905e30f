// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail-programs.h"

namespace lab
{

namespace
{

const char recipient[] = "bob@adatum.com";

const char body[] = "Hello Bob,\n.\nthis has a dot on a line of its own\n";
const char mutt_text[] = "set from=terri@proseware.com realname=Terri copy=no\n"
                         "set smtp_url=\"smtp://localhost:2525/\"\n"
                         "set ssl_force_tls=no\n";
const char neomutt_login[] = "set from=terri@proseware.com realname=Terri copy=no\n"
                             "set smtp_url=\"smtp://terri@localhost:2525/\"\n"
                             "set smtp_pass=old ssl_force_tls=no\n";
const char nail_text[] = "set v15-compat from=terri@proseware.com\n"
                         "set mta=smtp://localhost:2525 smtp-auth=none\n";
const char nail_login[] = "set v15-compat from=terri@proseware.com\n"
                          "set mta=smtp://terri:old@localhost:2525 smtp-auth=login\n";
const char msmtp_text[] = "account default\nhost localhost\nport 2525\n"
                          "from terri@proseware.com\n";
const char msmtp_login[] = "account default\nhost localhost\nport 2525\n"
                           "from terri@proseware.com\nauth plain\nuser terri\n"
                           "passwordeval echo old\n";
#define GIT_TEXT                                                                       \
  "[user]\n\tname = Terri\n\temail = terri@proseware.com\n[sendemail]\n"               \
  "\tsmtpServer = localhost\n\tsmtpServerPort = 2525\n\tconfirm = never\n"             \
  "\tsuppressCc = all\n"
const char git_script[] = "git init -q . && git commit -q --allow-empty -m MARK && "
                          "git format-patch -q -1 --stdout --always >patch && "
                          "git send-email --to=bob@adatum.com patch";
const char smtplib_script[] =
    "import smtplib, sys\n"
    "with smtplib.SMTP('localhost', 2525) as s:\n"
    "    s.sendmail('terri@proseware.com', "
    "['bob@adatum.com'], 'Subject: MARK\\r\\n\\r\\nHello\\r\\n')\n";
const char smtplib_login[] =
    "import smtplib, sys\n"
    "with smtplib.SMTP('localhost', 2525) as s:\n"
    "    s.login('terri', 'old')\n"
    "    s.sendmail('terri@proseware.com', "
    "['bob@adatum.com'], 'Subject: MARK\\r\\n\\r\\nHello\\r\\n')\n";
#define PERL_START                                                                     \
  "use Net::SMTP; my $s = Net::SMTP->new('localhost', Port => 2525) or die; "
#define PERL_REST                                                                      \
  "$s->mail('terri@proseware.com') or die; $s->to('bob@adatum.com') or die; "          \
  "$s->data(\"Subject: MARK\\n\\nHello\\n\") or die $s->message; $s->quit;"
#define NODE_SCRIPT(OPTIONS)                                                           \
  "require('nodemailer').createTransport({host: 'localhost', port: 2525" OPTIONS       \
  "}).sendMail({from: 'terri@proseware.com', to: 'bob@adatum.com', "                   \
  "subject: 'MARK', text: 'Hello'}).catch(e => { console.error(e); process.exit(1) })"

const Arguments
nodemailer (const char *script)
{
  return { "env", "NODE_PATH=/usr/share/nodejs", "node", "-e", script };
}

const Arguments swaks = {
  "swaks", "--server", "localhost:2525", "--from",       "terri@proseware.com",
  "--to",  recipient,  "--header",       "Subject: MARK"
};

Arguments
with (Arguments arguments, const Arguments &more)
{
  arguments.insert (arguments.end (), more.begin (), more.end ());
  return arguments;
}

const std::vector<MailProgram> programs = {
  { "Swaks", nullptr, nullptr, swaks, body },
  { "Curl",
    nullptr,
    nullptr,
    { "curl", "-sS", "smtp://localhost:2525", "--mail-from", "terri@proseware.com",
      "--mail-rcpt", recipient, "--upload-file", "-" },
    nullptr },
  { "Msmtp", ".msmtprc", msmtp_text, { "msmtp", recipient }, nullptr },
  { "Mutt", ".muttrc", mutt_text, { "mutt", "-s", "MARK", recipient }, body },
  { "Neomutt", ".neomuttrc", mutt_text, { "neomutt", "-s", "MARK", recipient }, body },
  { "SNail", ".mailrc", nail_text, { "s-nail", "-s", "MARK", recipient }, body },
  { "GitSendEmail", ".gitconfig", GIT_TEXT, { "sh", "-c", git_script }, body },
  { "Smtplib", nullptr, nullptr, { "python3", "-c", smtplib_script }, body },
  { "NetSmtp", nullptr, nullptr, { "perl", "-e", PERL_START PERL_REST }, body },
  { "Nodemailer", nullptr, nullptr, nodemailer (NODE_SCRIPT ("")), body },

  { "SwaksWithLogin", nullptr, nullptr,
    with (swaks, { "-a", "-au", "terri", "-ap", "old" }), body },
  { "CurlWithLogin",
    nullptr,
    nullptr,
    { "curl", "-sS", "-u", "terri:old", "smtp://localhost:2525", "--mail-from",
      "terri@proseware.com", "--mail-rcpt", recipient, "--upload-file", "-" },
    nullptr },
  { "MsmtpWithLogin", ".msmtprc", msmtp_login, { "msmtp", recipient }, nullptr },
  { "NeomuttWithLogin",
    ".neomuttrc",
    neomutt_login,
    { "neomutt", "-s", "MARK", recipient },
    body },
  { "SNailWithLogin",
    ".mailrc",
    nail_login,
    { "s-nail", "-s", "MARK", recipient },
    body },
  { "GitSendEmailWithLogin",
    ".gitconfig",
    GIT_TEXT "\tsmtpUser = terri\n\tsmtpPass = old\n",
    { "sh", "-c", git_script },
    body },
  { "SmtplibWithLogin", nullptr, nullptr, { "python3", "-c", smtplib_login }, body },
  { "NodemailerWithLogin", nullptr, nullptr,
    nodemailer (NODE_SCRIPT (", auth: {user: 'terri', pass: 'old'}")), body },
};

std::string
with_mark (std::string text, const std::string &mark)
{
  for (std::size_t at = 0; (at = text.find ("MARK", at)) != std::string::npos;)
    text.replace (at, 4, mark);
  return text;
}

}

void
PrintTo (const MailProgram &program, std::ostream *out)
{
  *out << program.name;
}

std::vector<MailProgram>
mail_programs ()
{
  return programs;
}

Outcome
send_by (const MailProgram &program, const std::string &mark)
{
  const std::string home = folder + "/home/terri/" + program.name;
  run_on_laptop ({ "mkdir", "-p", "-m", "700", home });
  if (program.file != nullptr)
    {
      write_file (home + "/" + program.file, program.text);
      run ({ "chown", "terri", home + "/" + program.file });
      run ({ "chmod", "600", home + "/" + program.file });
    }
  Arguments command = { "env", "-C", home, "HOME=" + home };
  for (const std::string &word : program.command)
    command.push_back (with_mark (word, mark));
  const std::string message =
      "From: terri@proseware.com\r\nTo: bob@adatum.com\r\nSubject: " + mark
      + "\r\n\r\nHello Bob\r\n";
  return run_on_laptop (command, program.input == nullptr ? message : program.input);
}

}
