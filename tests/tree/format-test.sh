#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# format-test.sh SOURCE
# Every source looks as .clang-format says.
set -u
source=$1
. "$source/tests/tree/tap.sh"
cd "$source" || exit 1

command -v clang-format > /dev/null \
  || { echo "Bail out! clang-format is not installed"; exit 1; }

for folder in agent client tests; do
  files=$(find "$folder" \( -name '*.c' -o -name '*.h' -o -name '*.cc' \) | sort)
  # shellcheck disable=SC2086
  check "$folder" "$(clang-format --dry-run -Werror $files 2>&1 \
    | sed -nE 's/^([^ :]+\.(c|h|cc)):[0-9]+.*code should be clang-formatted.*/\1/p' \
    | sort -u)"
done
finish
