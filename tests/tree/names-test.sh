#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# names-test.sh SOURCE
# What the tree does not hold: drawers for anything, jumps, notes of unfinished work,
# tests that do not run.
set -u
source=$1
. "$source/tests/tree/tap.sh"
cd "$source" || exit 1

# sources PATTERN EXTENSIONS...: lines that hold it, this folder apart
sources() {
  local pattern=$1 extension
  shift
  for extension in "$@"; do
    grep -rnE --include="*.$extension" --exclude-dir=tree "$pattern" \
      agent client data tests
  done
}

check "no drawers" "$(find agent client data tests \
  | grep -E '(^|[/_-])(utils?|common|misc|helpers?|stuff)([./_-]|$)')"
check "no goto" "$(sources '\<goto\>' c h cc)"
check "core says nothing on its own" "$(grep -rnE \
  '\<g_(message|warning|critical|debug|info|error|print|printerr) \(' agent/core)"
check "no unfinished work" "$(sources '\<(TODO|FIXME|HACK)\>' c h cc sh py build xml)"
check "no test that is switched off" "$(sources 'GTEST_SKIP|DISABLED_' cc h)"
check "every source names its licence" "$(find agent client tests \
  \( -name '*.c' -o -name '*.h' -o -name '*.cc' \) -print0 \
  | xargs -0 grep -L 'SPDX-License-Identifier: GPL-3.0-or-later')"
check "every source of core is built" "$(cd agent/core && for file in *.c; do
  grep -q "'$file'" meson.build || echo "agent/core/$file"
done)"
check "every test is built" "$(for file in tests/*/*-test.cc; do
  name=$(basename "$file" -test.cc)
  grep -qE "'$name(-test)?(\.cc|-test\.cc)?'" "$(dirname "$file")/meson.build" \
    || echo "$file"
done)"
check "every decision table is played" "$(for file in tests/routes/*.table; do
  grep -q "\"$(basename "$file" .table)\"" tests/core/router-test.cc || echo "$file"
done)"
finish
