# ddt's runner: the part of ddt that runs on a node, for as long as one session lasts.
#
# POSIX sh; dash, bash and busybox ash are tested. It is sent over the session's stdin
# and started by `sh -c 'runner=$(head -c LENGTH); eval "$runner"' ddt-runner ROOT MODE`;
# nothing is installed. ROOT is a word (see below), MODE is `records` or `scratch` (a dry
# run, whose files live outside the node's root and are removed when the session ends).
# Only a watch is a file on the node, for as long as it lasts (watch.sh): its MODE is `watch`.
#
# A request is one line of words: ID VERB KEY=VALUE... In a value every byte that is not
# a letter, a digit or one of `._/:@%+,=-` is written as `\0` and three octal digits. No
# value is ever evaluated. A response is a sequence of parts, each a line `ID NAME ...`
# (with a newline before it, which is not part of what precedes) and raw bytes up to the
# next one; the part `end` is the last. ID is not known to the steps, so that their
# output cannot pass for a part. A request that did not arrive whole is not looked at.

set -uf
umask 077
# bash tells more of how a process ended when it is not asked to be POSIX.
[ -z "${BASH_VERSION-}" ] || set +o posix
# The session may end at any time; what was begun goes on.
trap '' HUP PIPE
# Steps inherit nothing of the session's.
exec 2>/dev/null

newline='
'

# Begins a part of the answer.
part() {
  answer="$answer$newline$id $*$newline"
}

# Adds bytes to the part.
body() {
  answer=$answer$1
}

# Sends what there is of the answer: at its end, and before a tool adds to it. It leaves in
# few pieces, because each wakes everybody between this shell and the controller.
send() {
  [ -z "$answer" ] || printf '%s' "$answer"
  answer=
}

# Says why the request is refused; always fails.
problem() {
  part problem "$1"
  body "${2-}"
  return 1
}

# Sets $decoded to the text that a word stands for. Forks only where it must.
decode() {
  case $1 in
    *\\*) decoded=$(printf '%b.' "$1"); decoded=${decoded%.} ;;
    *) decoded=$1 ;;
  esac
}

# Says whether a text is a decimal number.
is_number() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# Sets $now to the seconds since the epoch: one `date` per session, then the uptime.
read_clock() {
  read -r uptime rest < /proc/uptime
  uptime=${uptime%.*}
  [ -n "$boot_time" ] || boot_time=$(($(date +%s) - uptime))
  now=$((boot_time + uptime))
}

# Sets $stamp to a number of seconds since the epoch, in RFC 3339. Years are counted from
# March on, so that a leap day is the last of its year, and eras of 400 years are all alike.
format_time() {
  day=$(($1 / 86400 + 719468)) second=$(($1 % 86400))
  era=$((day / 146097)) day=$((day % 146097))
  year=$(((day - day / 1460 + day / 36524 - day / 146096) / 365))
  day=$((day - 365 * year - year / 4 + year / 100))
  month=$(((5 * day + 2) / 153))
  day=$((day - (153 * month + 2) / 5 + 1)) month=$(((month + 2) % 12 + 1))
  year=$((400 * era + year + (month < 3)))
  hour=$((second / 3600)) minute=$((second / 60 % 60)) second=$((second % 60))
  stamp=$year-$((month / 10))$((month % 10))-$((day / 10))$((day % 10))T
  stamp=$stamp$((hour / 10))$((hour % 10)):$((minute / 10))$((minute % 10))
  stamp=$stamp:$((second / 10))$((second % 10))Z
}

# Returns when the files are on the disk; a dry run has nothing to keep.
make_durable() {
  [ "$mode" = scratch ] || sync "$@"
}
