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

# Runs are noted in files whose numbers go up: each is made by one session only, so that of two
# that begin at once one finds the other. A file that a loss of power cut short does not count,
# and its number is not used again.

# Sets $highest to the highest number; $seen_number, $seen_epoch and $seen_run to the newest run
# that the node has seen; $last_path to the attempt that was started last, empty if there is
# none, and $last_number to that of its run. A run that has begun nothing hides none before it.
read_current() {
  last_number=$seen_number
  ! is_newest || ! find_last_path "$seen_run" || return 0
  seen_epoch=0 seen_run= seen_number=0 last_path=
  find_numbers
  last_number=$highest
  while [ "$last_number" -ge "$lowest" ]; do
    read_run "$state/current.$last_number" || return
    ! find_last_path "$found_run" || return 0
    last_number=$((last_number - 1))
  done
}

# Says whether no run was noted since. What is removed is removed in order: the next number
# is looked for first.
is_newest() {
  [ ! -e "$state/current.$((highest + 1))" ] && [ -e "$state/current.$highest" ]
}

# Sets $lowest and $highest to the lowest and the highest number; 1 and 0 if there is none.
find_numbers() {
  lowest=1 highest=0
  set +f
  for found in "$state"/current.*; do
    found=${found##*.}
    case $found in 0* | *[!0-9]* | ??????????*) continue ;; esac
    [ $highest != 0 ] && [ "$found" -gt "$lowest" ] || lowest=$found
    [ "$found" -lt "$highest" ] || highest=$found
  done
  set -f
}

# Sets $found_run to the run that a file holds, if it is there, whole.
read_run() {
  found_run=
  [ -e "$1" ] && read -r found_epoch found_run found_end < "$1" || { found_run=; return 0; }
  is_number "$found_epoch" && [ "$found_end" = end ] \
    || { problem state "$1 is not what ddt wrote"; return; }
  [ -n "$seen_run" ] \
    || seen_epoch=$found_epoch seen_run=$found_run seen_number=$last_number
}

# Notes run $1 with this epoch as the newest, or the newest once more; that has to be made
# durable. Fails if a newer one is there by now.
note_run() {
  until write_run "${1:-${seen_run:-$run}}"; do
    [ -e "$noted" ] || problem state "$noted cannot be written" || return
    read_current && refuse_older || return
  done
  forget_runs
}

write_run() {
  noted=$state/current.$((highest + 1))
  set -C
  printf '%s %s end\n' "$epoch" "$1" > "$noted"
  written=$?
  set +C
  [ $written = 0 ] || return
  highest=$((highest + 1))
  earlier_run=$seen_run seen_run=$1 seen_epoch=$epoch seen_number=$highest
}

# Removes what is older than the run of the last attempt, now and then: a process.
forget_runs() {
  [ $((last_number - lowest)) -ge 8 ] || return 0
  set --
  while [ "$lowest" -lt "$last_number" ]; do
    set -- "$@" "$state/current.$lowest"
    lowest=$((lowest + 1))
  done
  rm -f "$@"
}

# Refuses a run that is older than one the node has seen.
refuse_older() {
  [ "$epoch" -ge "$seen_epoch" ] || problem epoch "$seen_epoch"
}

# Notes the epoch of a run that starts no attempt, where the node has seen no newer one.
raise_epoch() {
  [ "$epoch" = "$seen_epoch" ] || [ "$mode" = scratch ] && return
  note_run '' || return
  make_durable "$noted" "$state" || problem state "$noted cannot be written"
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
