#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# docs-test.sh SOURCE
# Every function that a header declares has its gtk-doc block directly before it, and
# every block of a function has its function behind it.
set -u
source=$1
. "$source/tests/tree/tap.sh"
cd "$source" || exit 1

# Headers that are not written yet. One that is complete must leave the list, so that it
# only shrinks.
pending="
agent/core/rp-action.h
agent/core/rp-config-error.h
agent/core/rp-fate.h
agent/core/rp-lane.h
agent/core/rp-settlement.h
agent/core/rp-step.h
agent/delivery/rp-carrier.h
agent/delivery/rp-content-feed.h
agent/delivery/rp-delivery.h
agent/delivery/rp-dispatch.h
agent/rp-agent.h
agent/rp-log.h
agent/rp-login.h
agent/store/rp-journal.h
agent/store/rp-query.h
agent/store/rp-request.h
agent/store/rp-store.h
agent/upstream/rp-connection.h
"

# outline HEADER: its functions and their blocks in order, as "function NAME" and
# "block NAME"
outline() {
  perl -0777 -ne '
    s{/\*\*[\s*]*([a-z]\w*):(?!:).*?\*/}{;block $1;}gs;
    s{/\*.*?\*/}{}gs;
    s{^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*}{}gm;
    s{\b[A-Z][A-Z0-9_]+\s*\([^()]*\)}{}g; # G_DECLARE_..., G_DEFINE_..., attributes
    1 while s{\{[^{}]*\}}{;}g;            # what stands in braces
    for (split /;/) {
      next if /^\s*$/ || /\btypedef\b/;
      print "$_\n" if /^block /;
      print "function $1\n" if /^[^()]*?\b([a-z]\w*)\s*\(/;
    }' "$1"
}

# gaps HEADER: each function without its block, and each block without its function
gaps() {
  outline "$1" | awk '
    function leave() { if (block != "") print "nothing is behind the block of " block }
    $1 == "block" { leave(); block = $2; next }
    $2 != block { print $2 " () has no gtk-doc block before it"; leave() }
    { block = "" }
    END { leave() }'
}

is_pending() {
  grep -qxF "$1" <<< "$pending"
}

n_functions=0
for header in $(find agent client -name '*.h' ! -name '*-private.h' | sort); do
  n_functions=$((n_functions + $(outline "$header" | grep -c '^function ')))
  missing=$(gaps "$header")
  if is_pending "$header"; then
    check "$header is pending" \
      "$([ -n "$missing" ] || echo "it is complete: take it off the list")"
  else
    check "$header" "$missing"
  fi
done

check "there are functions to describe" \
  "$([ "$n_functions" -gt 0 ] || echo "none was found")"
check "every pending header is there" "$(for header in $pending; do
  [ -f "$header" ] || echo "$header"
done)"
finish
