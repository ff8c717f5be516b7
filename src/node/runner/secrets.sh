# Secrets: in files that are nowhere but in memory, for as long as the steps run that read
# them.
#
# $memory is the directory of the attempt's; empty where it has none. In it are: secrets,
# which DDT_SECRETS names; log, where the steps write meanwhile, so that what they print is
# on no disk before it is covered; mask, the script that covers it; and owner, what the next
# session needs to know where this one is killed.

# Says whether directory $1 is in memory: of several mounts the last one counts.
is_in_memory() {
  in_memory=1
  while read -r device point type rest; do
    [ "$point" = "$1" ] || continue
    case $type in tmpfs | ramfs) in_memory=0 ;; *) in_memory=1 ;; esac
  done < /proc/mounts
  return $in_memory
}

# Sets $memory to a new directory, whose name says which session works with it.
make_memory() {
  find_own_start || return
  for place in /dev/shm /run; do
    is_in_memory $place || continue
    memory=$(mktemp -d "$place/ddt-secrets-$$-$own_start.XXXXXX") && return
  done
  memory=
  return 1
}

# Writes the secrets of the request, if there are any, for the steps to read.
keep_secrets() {
  memory=
  [ -n "$secrets" ] || return 0
  if ! make_memory; then
    problem secrets 'neither /dev/shm nor /run can hold files in memory (a tmpfs); no secret is written to a disk'
  elif ! write_secrets; then
    problem secrets "files cannot be written below $memory"
  fi
}

write_secrets() {
  printf '%s\n' "$root" "$attempt" > "$memory/owner" && mkdir "$memory/secrets" \
    && printf '%b' "$mask" > "$memory/mask" && : > "$memory/log" || return
  for secret in $secrets; do
    printf '%b' "${secret#*,}" > "$memory/secrets/${secret%%,*}" || return
  done
  secrets= mask= secret=
}

# Where the steps write to: a file, or memory, with what the log has said so far.
begin_log() {
  [ -n "$memory" ] || { : >> "$attempt.log"; return; }
  [ ! -s "$attempt.log" ] || cat "$attempt.log" > "$memory/log" || return
  ln -sf "$memory/log" "$attempt.log"
}

# Says whether the log is the one in memory.
is_log_in_memory() {
  [ -h "$attempt.log" ] && [ "$attempt.log" -ef "$memory/log" ]
}

# Puts the log in its place, the secrets in it covered and every byte where it was; where
# that fails there is none.
place_log() {
  sed -f "$memory/mask" "$memory/log" > "$attempt.log.new" || : > "$attempt.log.new"
  mv -f "$attempt.log.new" "$attempt.log"
}

# Removes the secrets; whatever still runs has had its time.
drop_secrets() {
  [ -n "$memory" ] || return 0
  ! is_log_in_memory || place_log
  rm -rf "$memory"
  memory=
}

# Removes what sessions have left that were killed, once the steps are gone, too.
sweep_secrets() {
  set +f
  for left in /dev/shm/ddt-secrets-* /run/ddt-secrets-*; do
    [ -d "$left" ] && [ ! -h "$left" ] && [ -O "$left" ] || continue
    set -f
    (sweep_left)
    set +f
  done
  set -f
}

# Of two sessions that come at once only one does it: the log would be lost to the other.
sweep_left() {
  is_gone "${left##*/ddt-secrets-}" || exit 0
  root= attempt= memory=$left
  if find_owner; then
    { read -r root; read -r attempt; } < "$owner"
    read_boot
    [ -z "$attempt" ] || ! has_processes || exit 0
    find_own_start && mv "$owner" "$left/owner-$$-$own_start" || exit 0
  fi
  drop_secrets
}

# Says whether the process PID-START is gone; what follows a dot is not looked at.
is_gone() {
  process_id=${1%.*}
  is_number "${process_id%%-*}" || return
  ! read_process "${process_id%%-*}" || [ "$started_at" != "${process_id#*-}" ]
}

# Sets $owner to the file that says whose the secrets are; its name says which session removes
# them. Fails if there is none; nothing is left to do where that session is at work.
find_owner() {
  set +f
  for owner in "$left"/owner "$left"/owner-*; do
    [ -e "$owner" ] || continue
    [ "$owner" = "$left/owner" ] || is_gone "${owner##*/owner-}" || exit 0
    return 0
  done
  return 1
}
