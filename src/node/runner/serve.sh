# The session: reads requests and answers them.

# The receipt, and a short log with it; a long one is fetched with `log`.
show_end() {
  leave_attempt
  part receipt
  body "$receipt"
  [ "$log_bytes" -gt 0 ] && [ "$log_bytes" -le 65536 ] && [ -z "$taken_up" ] || return 0
  part log
  send
  head -c 65536 "$attempt.log"
}

# Refuses what must not be started: by an older run, twice, or beside another attempt.
may_start() {
  read_current && refuse_older || return
  if [ -e "$attempt.request" ]; then
    problem started
  elif ! find_tree; then
    problem state "the payload $payload is not on the node"
  elif [ "$commit" != never ] && ! read_records; then
    problem state "$releases_file or $stage_file is not a file that ddt can write"
  elif [ "$confirm" != 0 ] && ! outlives_reboot; then
    problem watch 'neither systemd nor /etc/local.d starts its watch after the reboot'
  else
    [ -n "$last_path" ] && [ "$last_path" != "$left_path" ] || return 0
    refuse_busy
  fi
}

# Sets $tree to the bundle's unpacked payload.
find_tree() {
  tree=$state/bundles/sha256/$payload
  [ -d "$tree" ] || tree=$store/bundles/sha256/$payload
  [ -d "$tree" ]
}

# Fails if the last attempt is still at work, or cannot be read.
refuse_busy() {
  busy=$(print_busy) || { problem state "$last_path.request is not what ddt wrote"; return; }
  [ -z "$busy" ] || problem busy "$busy"
}

# Prints the last attempt if it is still at work, in a copy of the shell that keeps this
# request's variables.
print_busy() {
  attempt=$last_path
  # One that was cut short by a loss of power has never begun.
  read_claim || return 0
  read_request $request || return
  attempt_state
  case $attempt_state in
    awaiting) [ "$verb" = reboot ] || [ "$confirm" = 0 ] ;;
    running | unrecorded | unconfirmed) false ;;
  esac || printf '%s' "$run $component $package $number"
}

# Makes the attempt this session's, once and for all; without it nothing is run.
claim() {
  [ -d "$directory" ] && [ -d "$store/secrets" ] || mkdir -p "$directory" "$store/secrets"
  set -C
  printf '%s\n' "$request" > "$attempt.request"
  claimed=$?
  set +C
  if [ $claimed != 0 ]; then
    [ ! -e "$attempt.request" ] || { problem started; return; }
    problem state "$attempt.request cannot be written"
    return
  fi
  begin_attempt && return
  rm -f "$attempt.request" "$attempt.progress"
  make_durable "$directory"
  return 1
}

# All that must be so before the first step runs.
begin_attempt() {
  noted=
  prepare_attempt || refuse_to_begin || return
  [ "$epoch $run" = "$seen_epoch $seen_run" ] || [ "$mode" = scratch ] \
    || note_run "$run" || return
  set -- "$attempt.request" "$attempt.config" "$directory/order" "$directory"
  [ -z "$noted" ] || set -- "$@" "$noted" "$state"
  [ ! -e "$attempt.releases" ] || set -- "$@" "$attempt.releases"
  [ ! -e "$attempt.stage" ] || set -- "$@" "$attempt.stage"
  make_durable "$@" || refuse_to_begin || return
  look_back || return
  [ "$confirm" = 0 ] || start_watch || { end_watching; refuse_to_begin; }
}

refuse_to_begin() {
  problem state "an attempt cannot be prepared below $directory"
}

prepare_attempt() {
  printf '%b' "$config" > "$attempt.config" || return
  [ "$commit" = never ] || keep_records || return
  begin_log && note_session || return
  printf '%s %s %s\n' "$component" "$package" "$number" >> "$directory/order"
}

# Looks for other runs once more. Two that begin at the same moment may have found nobody
# before; by now each can be seen by the other.
look_back() {
  others=
  [ -z "$noted" ] || others=$earlier_run
  if [ "$highest" != 0 ] && ! is_newest; then
    read_current && refuse_older || return
    others="$others $seen_run"
  fi
  for other in $others; do
    [ "$other" != "$run" ] && find_last_path "$other" || continue
    [ "$last_path" = "$left_path" ] || refuse_busy || return
  done
}

answer_start() {
  taken_up=
  open_store && read_request "$@" && name_attempt || return
  read_boot
  may_start && keep_secrets && claim || { drop_secrets; return; }
  started= log_bytes=0
  run_steps $steps
  if [ "$outcome" = succeeded ] && [ "$commit" = reboot ]; then
    outcome=awaiting-reboot
    await && show_end
  elif [ "$confirm" != 0 ] && [ "$step" != check ]; then
    await && leave_attempt && part unconfirmed
  else
    conclude
  fi
}

# Leaves the end of the attempt to whoever comes.
await() {
  end_at "$attempt.awaiting" && make_durable "$attempt.awaiting" || abandon
}

# Writes how the attempt ended to a file.
end_at() {
  read_clock
  ended=$now
  write_receipt "$1"
}

conclude() {
  end_at "$attempt.outcome" || { abandon; return; }
  settle
}

# Takes up an attempt that was started by whatever session, and sets $attempt_state. From
# here on older runs are refused.
take_up() {
  taken_up=yes known_file=
  read_request "$@" && name_attempt || return
  given_secrets=$secrets given_mask=$mask
  [ -e "$attempt.request" ] || { problem unknown; return; }
  read_current && refuse_older && raise_epoch || return
  load_attempt || { problem vanished; return; }
  read_boot
  attempt_state
  # What is left to be recorded starts from what the records said at the beginning.
  read_text "$attempt.releases"
}

# Shows the end of an attempt, after writing what is left of it, or that there is none yet.
show_attempt() {
  case $attempt_state in
    ended | awaiting) part receipt; body "$receipt" ;;
    unconfirmed) part unconfirmed ;;
    running) part running ;;
    unrecorded) boot=$receipt_boot; settle ;;
    vanished) sweep_secrets; problem vanished ;;
  esac
}

answer_follow() {
  take_up "$@" && show_attempt
}

# Ends the steps of an attempt that goes on, and waits for the session that runs them to
# say so. A step that is just beginning is found at the next look.
answer_stop() {
  take_up "$@" || return
  if [ "$attempt_state" = running ]; then
    : > "$attempt.stopped" || { problem state "$attempt.stopped cannot be written"; return; }
    for look in 1 2 3 4 5 6 7 8 9 10; do
      end_steps
      attempt_state
      [ "$attempt_state" = running ] || break
      sleep 1
    done
  fi
  show_attempt
}

# Shows an attempt that could not be confirmed because the watch was faster.
show_undoing() {
  [ ! -e "$attempt.awaiting" ] || { problem state "$attempt.awaiting cannot be renamed"; return; }
  attempt_state
  show_attempt
}

# After a reboot: runs the step that verifies it, and ends the attempt. Where the attempt is
# watched, that somebody asks is what the watch waits for.
answer_finish() {
  take_up "$@" || return
  case $attempt_state in awaiting | unconfirmed) ;; *) show_attempt; return ;; esac
  if [ "$attempt_state" = awaiting ]; then
    [ "$receipt_boot" != "$boot" ] || { problem same-boot "$boot"; return; }
    find_tree || { problem state "the payload $payload is not on the node"; return; }
    # A stop that came too late for the steps before the reboot is not meant for this one.
    rm_if_there "$attempt.stopped"
    secrets=$given_secrets mask=$given_mask given_secrets= given_mask=
    keep_secrets || { drop_secrets; return; }
  fi
  note_session
  [ "$confirm" = 0 ] || confirm_attempt \
    || { drop_secrets; leave_attempt; show_undoing; return; }
  begin_log || { drop_secrets; abandon; return; }
  [ "$attempt_state" = unconfirmed ] || run_steps $verify
  conclude
}

# At most a mebibyte of an attempt's log, from an offset.
answer_log() {
  read_request "$@" && name_attempt || return
  part log
  send
  [ ! -r "$attempt.log" ] || tail -c "+$((offset + 1))" "$attempt.log" | head -c 1048576
}

serve() {
  decode "${1#=}"
  root=$decoded mode=$2
  state=$root/var/lib/ddt store= boot_time= modes= left_path= own_start=
  [ "$mode" = scratch ] || store=$state
  attempt= highest= seen_number= known= known_file= known_since=
  taken_up= watchdog= space= memory= root_word=$1
  answer=
  [ "$mode" != watch ] || { keep_watch; return; }
  sweep_secrets
  printf '\nddt-runner ready\n'
  while IFS= read -r request; do
    set -- $request
    [ $# -ge 2 ] || exit 1
    id=$1 verb=$2
    shift 2
    case $verb in
      facts | attempts | upload | fetch | start | follow | finish | stop | log | reboot | prune)
        "answer_$verb" "$@"
        ;;
      *) problem protocol "unknown verb $verb" ;;
    esac
    part end
    send
  done
}

serve "$@"
