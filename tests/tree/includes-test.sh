#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# includes-test.sh SOURCE
# The rooms depend one way: core <- store, smtp, upstream, network, credentials, words,
# notices, config <- oauth, delivery, bus <- agent. The client knows the bus, not the agent
# behind it.
set -u
source=$1
. "$source/tests/tree/tap.sh"
cd "$source" || exit 1

# "room: the rooms that it may include besides itself"
rules="
agent/core:
agent/bus: core
agent/config: core oauth
agent/credentials: core desktop
agent/desktop:
agent/network: core
agent/notices: core desktop words
agent/oauth: core upstream credentials desktop
agent/smtp: core
agent/store: core
agent/upstream: core
agent/words: core
agent/delivery: core smtp upstream network credentials store words config
client: core words bus config smtp
"
rooms=$(find agent -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)

# breaches FOLDER ALLOWED...: "file: includes room" for each room that is not allowed
breaches() {
  local folder=$1 room
  shift
  for room in $rooms; do
    case " $* ${folder#agent/} " in *" $room "*) continue ;; esac
    grep -rnE "#include \"$room/" --include='*.[ch]' "$folder"
  done
}

while IFS=: read -r folder allowed; do
  [ -n "$folder" ] || continue
  # shellcheck disable=SC2086
  check "$folder includes only what it may" "$(breaches "$folder" $allowed)"
done <<< "$rules"

check "every room has a rule" "$(for room in $rooms; do
  grep -q "^agent/$room:" <<< "$rules" || echo "agent/$room has none"
done)"
check "nobody includes the agent itself" \
  "$(grep -rnE '#include "(rp-agent|agent)\.h"' --include='*.[ch]' agent/*/ client)"
check "core includes GLib and nothing of the system but strings" \
  "$(grep -rnE '#include <' --include='*.[ch]' agent/core \
    | grep -vE '<(glib\.h|string\.h|stdarg\.h|stddef\.h|stdint\.h|arpa/inet\.h|netinet/in\.h|sys/socket\.h)>')"
finish
