# The watch: goes back from an attempt that nobody confirms. It is a process of its own, in
# a session of its own, which begins before the attempt's first step; after a boot the
# system starts another. An attempt is confirmed by a session that was opened after its
# steps: that is the proof that the node still answers. Whoever renames .awaiting decides,
# so that an attempt is confirmed or undone, never both.

# Begins to watch the attempt; fails if nothing of it is certain to be there. The
# substitution ends when the watch has said that it has begun.
start_watch() {
  [ -d "$state/watch" ] || mkdir "$state/watch" || return
  printf '%s\n' "$runner" > "$state/watch/runner.new" && make_durable "$state/watch/runner.new" \
    && mv -f "$state/watch/runner.new" "$state/watch/runner" || return
  watch_boots || return
  said=$(setsid sh "$state/watch/runner" "$root_word" watch </dev/null 5<&- &)
  [ "$said" = watching ]
}

# Has the watch started by every boot: by a unit of systemd, or where OpenRC looks for
# scripts. Below a root nothing boots.
watch_boots() {
  [ -z "$root" ] || return 0
  if [ -d /run/systemd/system ]; then
    write_unit
  elif [ -d /etc/local.d ]; then
    write_script
  fi
}

# Says whether the watch would go on after the reboot of an attempt that has one.
outlives_reboot() {
  [ "$commit" != reboot ] || [ -n "$root" ] || [ -d /run/systemd/system ] || [ -d /etc/local.d ]
}

unit=ddt-watch.service
units=/etc/systemd/system
wanted=$units/multi-user.target.wants
boot_script=/etc/local.d/ddt-watch.start

# The steps of the watch outlive it, as those of a session do.
write_unit() {
  (umask 022; mkdir -p $wanted && cat > $units/$unit) <<UNIT || return
[Unit]
Description=Goes back from a deployment that nobody confirms
RequiresMountsFor=$state

[Service]
Environment=HOME=/root PATH=$PATH LC_ALL=C
ExecStart=/bin/sh $state/watch/runner = watch
KillMode=process
UNIT
  ln -sf ../$unit $wanted/$unit && make_durable $units/$unit $wanted
}

write_script() {
  cat > $boot_script <<SCRIPT || return
#!/bin/sh
HOME=/root PATH=$PATH LC_ALL=C setsid sh $state/watch/runner = watch </dev/null >/dev/null 2>&1 &
SCRIPT
  chmod 700 $boot_script && make_durable $boot_script
}

# Removes what started the watch. It sees by itself that it is over.
end_watching() {
  [ -n "$root" ] || rm -f $wanted/$unit $units/$unit $boot_script
  rm -rf "$state/watch"
}

# Takes the decision that the attempt stays, unless the watch has decided. A session that
# died after it leaves that to the next one.
confirm_attempt() {
  mv "$attempt.awaiting" "$attempt.confirmed" || [ -e "$attempt.confirmed" ]
}

# Takes the decision that the attempt is undone, unless a session has decided. One whose
# session died before there was anything to rename is nobody else's to decide.
claim_undo() {
  if [ $attempt_state = vanished ]; then
    printf '' > "$attempt.undoing"
  else
    mv "$attempt.awaiting" "$attempt.undoing"
  fi
}

# Goes on as an attempt that is undone, which has other records.
turn_back() {
  [ ! -e "$attempt.undone" ] || mv "$attempt.undone" "$attempt.outcome"
  recorded=rolled-back recorded_tag=$back_tag recorded_digest=$back_digest
  stage_value=$back_stage
}

# The watch over the last attempt, until that is decided.
keep_watch() {
  started= log_bytes=0 deadline= taken_up=yes
  read_boot
  read_current && find_last_attempt && name_attempt && [ "$confirm" != 0 ] || return
  read_process $$ && own_start=$started_at && note_process watch $$ "$own_start" || return
  printf watching
  exec >/dev/null
  while look_after && sleep 1; do
    :
  done
}

# Looks at the attempt once; fails when there is nothing more to watch, or no attempt.
look_after() {
  [ -e "$attempt.request" ] || return
  earlier=$boot
  read_boot
  [ "$boot" = "$earlier" ] || { deadline=; note_process watch $$ "$own_start"; }
  attempt_state
  case $attempt_state in
    running) return 0 ;;
    ended) return 1 ;;
    unrecorded) [ ! -e "$attempt.undone" ] || settle_undone; return 1 ;;
  esac
  [ ! -e "$attempt.confirmed" ] && [ ! -e "$attempt.undoing" ] || return 1
  read_clock
  [ -n "$deadline" ] || deadline=$((uptime + confirm))
  [ "$uptime" -lt "$deadline" ] || ! claim_undo || go_back
}

# Runs the step that goes back, and ends the attempt, after a reboot where one is needed;
# fails when there is nothing more to watch.
go_back() {
  make_durable "$directory"
  # They were meant for what is undone now.
  rm_if_there "$attempt.stopped"
  rm_if_there "$attempt.timed-out"
  find_tree
  task_mode=rollback
  run_steps "$undo"
  [ "$outcome" != succeeded ] || outcome=undone
  if [ "$outcome" = undone ] && [ -n "$back_reboots" ]; then
    end_at "$attempt.undone" && make_durable "$attempt.undone" && reboot_machine
    return
  fi
  read_text "$attempt.releases"
  conclude
  return 1
}

# Writes the records of an attempt that was undone in the boot before.
settle_undone() {
  read_text "$attempt.releases"
  settle
}
