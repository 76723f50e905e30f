#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# headers-test.sh SOURCE BUILD COMPILER...
# Every header stands alone, and is C++17 as well: tests and other programs use it.
set -u
source=$1 build=$2
shift 2
. "$source/tests/tree/tap.sh"
cd "$source" || exit 1

flags=$(pkg-config --cflags gio-unix-2.0 libcurl libsecret-1 sqlite3 json-glib-1.0) \
  || { echo "Bail out! pkg-config does not know the libraries"; exit 1; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

# compile HEADER: what the compiler says stands in a file of its own
compile() {
  local out
  out=$folder/$(tr / _ <<< "$header")
  # shellcheck disable=SC2086
  "$@" -std=c++17 -fsyntax-only -x c++ -Wall -Wextra -Wno-unused-parameter -Werror \
    -D_GNU_SOURCE -DGETTEXT_PACKAGE='"roampost"' -I agent -I client \
    -I "$build/agent" -I "$build/agent/bus" $flags -include "$header" /dev/null > "$out" 2>&1 \
    || echo "failed" >> "$out"
}

headers=$(find agent client -name '*.h' | sort)
for header in $headers; do
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
  compile "$@" &
done
wait
for header in $headers; do
  check "$header" "$(cat "$folder/$(tr / _ <<< "$header")")"
done
finish
