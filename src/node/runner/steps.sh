# Running an attempt's steps, each in a session of its own, its output in the log.

# The environment of a step, as the product's design lists it.
export_environment() {
  export DDT_RUN="$run" DDT_ZONE="$zone" DDT_NODE="$node" DDT_COMPONENT="$component"
  export DDT_PACKAGE="$package" DDT_BUNDLE="$bundle" DDT_TAG="$tag"
  export DDT_FROM_TAG="$from_tag" DDT_MODE="$task_mode" DDT_STAGE="$stage"
  export DDT_ROOT="$root" DDT_CONFIG="$attempt.config" DDT_SECRETS="${memory:-$store}/secrets"
  DDT_DRY_RUN=
  [ "$commit" != never ] || DDT_DRY_RUN=1
  export DDT_DRY_RUN
}

# Starts `KIND,PROGRAM,SECONDS` and sets $step, $pid and $seconds.
start_step() {
  step=${1%%,*} seconds=${1##*,}
  program=${1#*,}
  decode "${program%,*}"
  program=$decoded
  set --
  for word in $request; do
    case $word in flag=*) decode "${word#*=}"; set -- "$@" "$decoded" ;; esac
  done
  (
    # What the session ignores, a step does not.
    trap - HUP INT QUIT PIPE
    export_environment
    umask 022
    # Noted by itself, before anything of it runs: the session may die at any moment.
    cd "$tree" && read_process self && note_process step "${stat%% *}" "$started_at" \
      && exec setsid "./$program" "$@"
    exit 127
  ) </dev/null >&4 2>&4 4>&- 5<&- &
  pid=$!
}

# Ends the step's processes after $seconds, and notes that it did. The nap is killed: of
# any other signal, a child that has not become `sleep` yet takes no notice.
watch_step() {
  (
    nap= ended=
    trap 'ended=yes; [ -z "$nap" ] || kill -s KILL "$nap"' TERM
    sleep "$seconds" &
    nap=$!
    # The step may have ended before there was anything to kill.
    [ -z "$ended" ] || kill -s KILL "$nap"
    wait "$nap"
    [ -z "$ended" ] || exit 0
    : > "$attempt.timed-out"
    end_session "$pid"
  ) </dev/null >/dev/null 2>&1 4>&- 5<&- &
  watchdog=$!
}

# Ends the processes of the attempt's step, whatever session started it.
end_steps() {
  while read -r role process_boot process process_start rest; do
    [ "$role" = step ] && is_alive "$process_boot" "$process" "$process_start" || continue
    end_session "$process"
  done < "$attempt.progress"
}

# Ends the watch over a step that has ended; waits if it is ending the step's processes.
end_watch() {
  [ -n "$watchdog" ] || return 0
  [ -e "$attempt.timed-out" ] || kill "$watchdog"
  wait "$watchdog"
  watchdog=
}

# Says whether a status above 128 means a signal. dash and ash tell by `jobs`. bash tells
# by a message, except of INT, PIPE and TERM: there the shell's convention is believed.
was_signalled() {
  [ "$1" -le 192 ] || return 1
  if [ -n "${BASH_VERSION-}" ]; then
    [ -s "$attempt.message" ] && return
    case $1 in 130 | 141 | 143) return 0 ;; *) return 1 ;; esac
  fi
  jobs -l > "$attempt.message"
  while read -r line; do
    case $line in *" $pid "*Done*) return 1 ;; esac
  done < "$attempt.message"
  return 0
}

# Runs one step; sets $outcome and fails if it did not succeed. None begins once the
# attempt is to stop, and one that was stopped has ended when its last process has.
run_step() {
  [ ! -e "$attempt.stopped" ] || { outcome="stopped ${1%%,*}"; return 1; }
  # bash says here how a step ended.
  [ -z "${BASH_VERSION-}" ] || exec 2> "$attempt.message"
  start_step "$1"
  watchdog=
  [ "$seconds" = 0 ] || watch_step
  wait "$pid"
  status=$?
  if [ "$status" -gt 128 ] && was_signalled "$status"; then
    outcome="signalled $step $((status - 128))"
  else
    outcome="exited $step $status"
  fi
  exec 2>/dev/null
  end_watch
  [ ! -e "$attempt.timed-out" ] || outcome="timed-out $step"
  [ ! -e "$attempt.stopped" ] || { outcome="stopped $step"; end_session "$pid"; }
  [ "$outcome" = "exited $step 0" ]
}

# Runs steps up to the first that fails; sets $outcome and $log_bytes.
run_steps() {
  outcome=succeeded step=
  exec 4>> "$attempt.log"
  read_clock
  [ -n "$started" ] || started=$now
  for entry; do
    run_step "$entry" || break
  done
  [ "$outcome" != "exited $step 0" ] || outcome=succeeded
  # How far the steps have written: the kernel counts.
  while read -r key position; do
    [ "$key" != pos: ] || [ "$position" = 0 ] || log_bytes=$position
  done < "/proc/$$/fdinfo/4"
  exec 4>&-
  drop_secrets
}
