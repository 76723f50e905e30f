# SPDX-License-Identifier: GPL-3.0-or-later
# Cases of a shell test as TAP, so that each is counted.
n_cases=0

# check NAME [DETAILS]: passes when DETAILS is empty, else shows it.
check() {
  n_cases=$((n_cases + 1))
  if [ -z "${2-}" ]; then
    echo "ok $n_cases - $1"
  else
    echo "not ok $n_cases - $1"
    printf '%s\n' "$2" | sed 's/^/# /'
  fi
}

# finish: how many cases there were; a test without any fails.
finish() {
  [ "$n_cases" -gt 0 ] || { echo "Bail out! nothing was checked"; exit 1; }
  echo "1..$n_cases"
}
