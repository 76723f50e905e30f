#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# docs-test.sh SOURCE
# Every function that a header declares has its gtk-doc block directly before it, and
# every block of a function has its function behind it. The same for what stands in the
# interface XML, and its arguments.
set -u
source=$1
. "$source/tests/tree/tap.sh"
cd "$source" || exit 1

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

n_functions=0
for header in $(find agent client -name '*.h' ! -name '*-private.h' | sort); do
  n_functions=$((n_functions + $(outline "$header" | grep -c '^function ')))
  check "$header" "$(gaps "$header")"
done

# parts XML: its methods, signals and properties as "NAME is described" or what is not
parts() {
  perl -0777 -ne '
    while (m{(<!--(?:(?!-->).)*-->)?\s*<(interface|method|signal|property) name="([\w.]+)"[^<>]*?(/?)>}gs) {
      my ($comment, $kind, $name, $is_empty) = ($1 // "", $2, $3, $4);
      my $rest = substr ($_, pos);
      my $body = !$is_empty && $kind =~ /method|signal/ && $rest =~ m{^(.*?)</$kind>}s ? $1 : "";
      print $comment =~ /^<!--\s+\Q$name\E:\s/ ? "$name is described\n"
                                              : "$kind $name has no comment\n";
      for ($body =~ /<arg name="(\w+)"/g) {
        print "$kind $name does not tell \@$_\n" if $comment !~ /\@$_\b/;
      }
    }' "$1"
}

for interface in data/*.xml; do
  check "$interface" "$(parts "$interface" | grep -v ' is described$')"
  check "$interface has parts" \
    "$([ "$(parts "$interface" | wc -l)" -gt 10 ] || echo "none was found")"
done

check "there are functions to describe" \
  "$([ "$n_functions" -gt 0 ] || echo "none was found")"
finish
