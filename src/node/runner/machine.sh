# What the machine is: its boot, its processes, its state directory, rebooting it.

# Sets $boot. A sandbox that was never booted has a fixed id.
read_boot() {
  boot=
  file=$root/proc/sys/kernel/random/boot_id
  [ ! -r "$file" ] || IFS= read -r boot < "$file"
  [ -n "$boot$root" ] && [ -z "$boot" ] && boot=sandbox-unbooted
  return 0
}

# Sets $started_at to the start time of a process, in ticks since boot, and $session to
# its session; fails if there is no such process, or only its remains.
read_process() {
  stat= started_at= session=
  [ ! -r "/proc/$1/stat" ] || IFS= read -r stat < "/proc/$1/stat"
  [ -n "$stat" ] || return 1
  # The command's name, in parentheses, may hold anything.
  set -- ${stat#"${stat%) *}) "}
  session=$4 started_at=${20}
  [ "$1" != Z ]
}

# Says whether process $2, which started at $3 in boot $1, still runs: a number that was
# given to another process since does not count.
is_alive() {
  [ "$1" = "$boot" ] && read_process "$2" && [ "$started_at" = "$3" ]
}

# Sends signal $1 to every process of session $2; fails if there is none.
signal_session() {
  found=1
  set +f
  for entry in /proc/[0-9]*; do
    if read_process "${entry#/proc/}" && [ "$session" = "$2" ]; then
      kill -s "$1" "${entry#/proc/}" && found=0
    fi
  done
  set -f
  return $found
}

# Ends every process of a session: asks, waits for five seconds, then does not ask.
end_session() {
  signal_session TERM "$1" || return 0
  for second in 1 2 3 4 5; do
    sleep 1
    signal_session CONT "$1" || return 0
  done
  signal_session KILL "$1"
  return 0
}

# Sets $above to the nearest directory at or above $1 that exists.
nearest_directory() {
  above=$1
  until [ -d "$above/" ]; do
    above=${above%/*}
  done
  above=$above/
}

# Sets $store to where this session keeps its files; a dry run's is made when needed.
open_store() {
  if [ "$mode" = scratch ] && [ -z "$store" ]; then
    store=$(mktemp -d "${TMPDIR:-/tmp}/ddt-dry-run.XXXXXX") || store=
    trap '[ -z "$store" ] || rm -rf "$store"' EXIT
  fi
  [ -n "$store" ] || problem state "a directory for the dry run cannot be made"
}

# Sets $seen_epoch and $seen_run, the newest run that the node has seen, and $last_path, the
# attempt that was started last; that is empty if there is none.
#
# Two files hold a run each, and the one that is needed less is written next: cut short by a
# loss of power it does not count, and the other one does.
read_current() {
  seen_epoch=0 seen_run= seen_count=0 seen_place= earlier_run= next_place=a
  read_place a b && read_place b a || return
  find_last_path "$seen_run" && return
  # The newest run was noted, and its first attempt was not.
  ! find_last_path "$earlier_run" || next_place=$seen_place
}

# Reads one of them; the other one is $2.
read_place() {
  [ -e "$state/current.$1" ] \
    && read -r found_epoch found_run found_count rest < "$state/current.$1" || return 0
  is_number "$found_epoch" && is_number "$found_count" \
    || { problem state "$state/current.$1 is not what ddt wrote"; return; }
  if [ "$found_count" -lt "$seen_count" ]; then
    earlier_run=$found_run
  else
    earlier_run=$seen_run seen_epoch=$found_epoch seen_run=$found_run
    seen_count=$found_count seen_place=$1 next_place=$2
  fi
}

# Notes the newest run and its epoch; that has to be made durable.
note_run() {
  noted=$state/current.$next_place
  printf '%s %s %s\n' "$1" "$2" $((seen_count + 1)) > "$noted"
}

# Refuses a run that is older than one the node has seen.
refuse_older() {
  [ "$epoch" -ge "$seen_epoch" ] || problem epoch "$seen_epoch"
}

# Notes the epoch of a run that starts no attempt, where the node has seen no newer one.
raise_epoch() {
  [ "$epoch" = "$seen_epoch" ] || [ "$mode" = scratch ] \
    || { note_run "$epoch" "${seen_run:-$run}" && make_durable "$noted" "$state"; } \
    || problem state "$noted cannot be written"
}

# From here on older runs are refused, also where this one starts no attempt.
answer_reboot() {
  read_request "$@" || return
  read_boot
  read_current && refuse_older || return
  [ -z "$last_path" ] || refuse_busy || return
  [ -z "$seen_run" ] || raise_epoch || return
  reboot_machine || { problem state "cannot write $root/proc/sys/kernel/random/boot_id"; return; }
  part rebooting
}

# Reboots the machine soon; below a root there is only another boot id.
reboot_machine() {
  if [ -n "$root" ]; then
    file=$root/proc/sys/kernel/random
    mkdir -p "$file" && IFS= read -r boot < /proc/sys/kernel/random/uuid \
      && printf '%s\n' "$boot" > "$file/boot_id"
  else
    # Later, so that what is being said gets out, and by a process that outlives this one.
    setsid sh -c 'sleep 1
      if [ -d /run/systemd/system ]; then systemctl reboot; else reboot; fi || reboot -f' \
      </dev/null >/dev/null 2>&1 &
  fi
}
