# An attempt on the disk: PREFIX.request (the claim), .config, .log, .progress (which
# processes work on it), .outcome (how the steps ended; from here on the records will be
# written, by whoever comes), .awaiting (instead, when a reboot or a confirmation comes
# first) and .receipt (the end). The last three count only if their last line is `end`.
# Of an attempt that is watched, .awaiting is renamed by the one who decides: .confirmed by
# a session, .undoing by the watch, and .undone says that it has gone back but for a reboot.

# Sets one variable for each word of a request; $request keeps what stands before the config,
# which the secrets follow.
read_request() {
  run= component= package= number= epoch=0 head= zone= node= bundle= tag= from_tag=
  digest= payload= task_mode= stage= commit= recorded= recorded_tag= recorded_digest= stage_file=
  stage_value= releases_file= history_file= steps= verify= config= secrets= mask= offset=0
  confirm=0 undo= back_tag= back_digest= back_stage= back_reboots=
  request=" $*"
  request=${request%% config=*}
  for word; do
    case $word in
      run=*) run=${word#*=} ;;
      component=*) component=${word#*=} ;;
      package=*) package=${word#*=} ;;
      number=*) number=${word#*=} ;;
      epoch=*) epoch=${word#*=} ;;
      head=*) head=${word#*=} ;;
      zone=*) zone=${word#*=} ;;
      node=*) node=${word#*=} ;;
      bundle=*) bundle=${word#*=} ;;
      tag=*) tag=${word#*=} ;;
      from_tag=*) from_tag=${word#*=} ;;
      digest=*) digest=${word#*=} ;;
      payload=*) payload=${word#*=} ;;
      mode=*) decode "${word#*=}"; task_mode=$decoded ;;
      stage=*) decode "${word#*=}"; stage=$decoded ;;
      commit=*) commit=${word#*=} ;;
      recorded=*) recorded=${word#*=} ;;
      recorded_tag=*) recorded_tag=${word#*=} ;;
      recorded_digest=*) recorded_digest=${word#*=} ;;
      stage_file=*) decode "${word#*=}"; stage_file=$root$decoded ;;
      stage_value=*) decode "${word#*=}"; stage_value=$decoded ;;
      releases_file=*) decode "${word#*=}"; releases_file=$root$decoded ;;
      history_file=*) decode "${word#*=}"; history_file=$root$decoded ;;
      step=*) steps="$steps ${word#*=}" ;;
      verify=*) verify=${word#*=} ;;
      confirm=*) confirm=${word#*=} ;;
      undo=*) undo=${word#*=} ;;
      back_tag=*) back_tag=${word#*=} ;;
      back_digest=*) back_digest=${word#*=} ;;
      back_stage=*) decode "${word#*=}"; back_stage=$decoded ;;
      back_reboots=*) back_reboots=${word#*=} ;;
      offset=*) offset=${word#*=} ;;
      config=*) config=${word#*=} ;;
      secret=*) secrets="$secrets ${word#*=}" ;;
      mask=*) mask=${word#*=} ;;
      flag=*) ;;
      *) problem newer "${attempt:-a request} says ${word%%=*}, which this one does not know"; return ;;
    esac
  done
  recorded_tag=${recorded_tag:-$tag} recorded_digest=${recorded_digest:-$digest}
}

# Sets $attempt, the prefix of its files. The names are ddt's: no slash, no leading dot.
name_attempt() {
  case /$run/$component/$package/$number/ in
    *//* | */.* | */*/*/*/*/*/*) problem protocol "not an attempt"; return ;;
  esac
  directory=${store:-$state}/receipts/$run
  attempt=$directory/$component,$package,$number
}

# Sets $receipt to a file's text and the variables to what it says; fails unless whole.
read_receipt() {
  receipt= outcome=
  [ -r "$1" ] || return 1
  while IFS= read -r line; do
    receipt=$receipt$line$newline
    case $line in
      end) return 0 ;;
      boot\ *) receipt_boot=${line#* } ;;
      started\ *) started=${line#* } ;;
      ended\ *) ended=${line#* } ;;
      log\ *) log_bytes=${line#* } ;;
      outcome\ *) outcome=${line#* } ;;
    esac
  done < "$1"
  receipt=
  return 1
}

# Writes what is known of the end to a file, and sets $receipt to it.
write_receipt() {
  receipt="attempt $run $component $package $number
epoch $epoch
digest $recorded_digest
head $head
boot $boot
started $started
ended $ended
log $log_bytes
outcome $outcome
end
"
  printf '%s' "$receipt" > "$1"
}

# Says whether the session that works on the attempt, or its last step, is still there;
# sets $watching to 0 where another process watches it.
has_processes() {
  working=1 watching=1
  [ -r "$attempt.progress" ] || return 1
  while read -r role process_boot process process_start rest; do
    if [ "$role" = left ]; then
      working=1
    elif [ "$role" = watch ]; then
      [ "$process" = $$ ] || ! is_alive "$process_boot" "$process" "$process_start" || watching=0
    elif is_alive "$process_boot" "$process" "$process_start"; then
      working=0
    fi
  done < "$attempt.progress"
  return $working
}

# Notes that this session works on the attempt no more.
leave_attempt() {
  left_path=$attempt
  printf 'left %s %s %s\n' "$boot" $$ 0 >> "$attempt.progress"
}

# Gives up on an attempt whose end cannot be written; whoever follows may try again.
abandon() {
  leave_attempt
  problem state "the end of the attempt cannot be written below $directory"
}

# Notes that a process of a role works on the attempt.
note_process() {
  printf '%s %s %s %s\n' "$1" "$boot" "$2" "$3" >> "$attempt.progress"
}

# Notes that this session does.
note_session() {
  find_own_start && note_process session $$ "$own_start"
}

# Sets $own_start to the start time of this session.
find_own_start() {
  [ -n "$own_start" ] || { read_process $$ && own_start=$started_at; }
}

# Sets $attempt_state: ended, awaiting (the reboot), unconfirmed (the steps have ended, a
# session has to come), running, unrecorded (the steps have ended, whoever follows writes
# the records) or vanished; and $receipt where there is one.
attempt_state() {
  attempt_state=ended
  read_receipt "$attempt.receipt" && return
  attempt_state=running
  ! has_processes || return 0
  # It may have ended while its processes were looked for.
  attempt_state=ended
  read_receipt "$attempt.receipt" && return
  attempt_state=unrecorded
  read_receipt "$attempt.outcome" && return
  if read_receipt "$attempt.undone"; then
    [ "$receipt_boot" = "$boot" ] || return
    # The reboot is under way.
    attempt_state=running
    return
  elif read_receipt "$attempt.awaiting" || read_receipt "$attempt.confirmed"; then
    attempt_state=awaiting
    [ "$outcome" = awaiting-reboot ] || attempt_state=unconfirmed
    return
  fi
  # The watch goes back, or will.
  attempt_state=running
  [ $watching = 0 ] || attempt_state=vanished
}

# Sets $request to that of the attempt that $attempt names; fails unless it is there, whole.
read_claim() {
  [ -r "$attempt.request" ] && IFS= read -r request < "$attempt.request"
}

# Takes the request of the attempt that $attempt names for this session's.
load_attempt() {
  read_claim && read_request $request
}

# Sets $last_path to the attempt of a run that was started last; fails if there is none. One
# that is in `order` only has never begun.
find_last_path() {
  last_path=
  [ -n "$1" ] && [ -r "$state/receipts/$1/order" ] || return
  while read -r first second third; do
    [ -n "$third" ] && [ -s "$state/receipts/$1/$first,$second,$third.request" ] || continue
    last_path=$state/receipts/$1/$first,$second,$third
  done < "$state/receipts/$1/order"
  [ -n "$last_path" ]
}

# Takes up the last attempt; fails if there is none.
find_last_attempt() {
  attempt=$last_path
  [ -n "$attempt" ] && load_attempt
}
