#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# symbols-test.sh SOURCE LIBRARY
# core is pure: what it takes from outside stays within a list. GLib itself holds
# files, clock and environment, so that linking against GLib alone proves nothing.
set -u
source=$1 library=$2
. "$source/tests/tree/tap.sh"

# What compilers put in on their own: sanitizers, stack protector, fortified twins.
plain_names() {
  sed -E -e '/^__(asan|ubsan|sanitizer|sancov|tsan|msan|gcov|stack_chk)/d' \
    -e '/^(_GLOBAL_OFFSET_TABLE_|_DYNAMIC)$/d' -e 's/^__(.*)_chk$/\1/' | sort -u
}

wanted=$(nm -u -P "$library" 2>/dev/null | awk '$2 == "U" || $2 == "w" { print $1 }' \
  | plain_names)
own=$(nm --defined-only -P "$library" 2>/dev/null | awk 'NF > 1 { print $1 }' | sort -u)
allowed=$(grep -v '^#' "$source/tests/tree/core-symbols.list" | sort -u)
outside=$(comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$own"))

check "the core library can be read" "$([ -n "$own" ] || echo "no symbols in $library")"
check "core takes only what is listed" \
  "$(comm -23 <(printf '%s\n' "$outside") <(printf '%s\n' "$allowed"))"

# The list itself must not grow into what purity forbids.
forbidden='^(g_(io|file|socket|dbus|app|resolver|network|task|cancellable|main|timeout|idle|source)_|g_(open|fopen|unlink|remove|rename|mkdir|stat|lstat|access|creat|chmod|chdir|rmdir)$|g_(getenv|setenv|unsetenv|get_environ|environ_)|g_get_|g_(random|rand)_|g_date_time_new_now|g_spawn|g_thread|g_mutex|g_print|g_dgettext|g_uuid_string_random|(open|openat|read|write|close|fopen|fread|fwrite|fclose|stat|socket|connect|send|recv|time|clock_gettime|gettimeofday|localtime|getenv|setenv|rand|random|getrandom|gettext|dcgettext|dgettext|setlocale|printf|fprintf|puts|system|popen|fork|usleep|sleep|nanosleep|pthread_create)$)'
check "the list holds no input, output, clock, environment, chance or gettext" \
  "$(printf '%s\n' "$allowed" | grep -E "$forbidden")"
finish
