# The records of a success: written together or not at all, over nothing that changed.
#
# The release's line is added to a releases file that nobody touched: whole, it says as much
# as the outcome does. Where a stage or a file that somebody touched is written, too, the
# outcome is on the disk before the first record is touched. Whoever comes after a crash
# starts over with it: what is there already is kept, what is not there is written. Every
# process costs as much as a small step, so what the session knows it remembers.

# Says whether a record can be one: a plain file, or not there yet.
is_record() {
  [ ! -h "$1" ] && { [ -f "$1" ] || [ ! -e "$1" ]; }
}

# Sets $mode_of_file to the permissions that new content of a record gets: those it has.
find_mode() {
  case $modes in
    *"|$1="*) ;;
    *)
      mode_of_file=644
      [ ! -e "$1" ] || mode_of_file=$(stat -c %a "$1")
      modes="$modes|$1=$mode_of_file|"
      ;;
  esac
  mode_of_file=${modes#*"|$1="}
  mode_of_file=${mode_of_file%%"|"*}
}

# Writes $2 beside record $1 with its mode, and sets $temporary.
prepare() {
  is_record "$1" && find_mode "$1" && is_number "$mode_of_file" || return
  umask 022
  [ -d "${1%/*}" ] || mkdir -p "${1%/*}" || return
  bits=$((0777 & ~0$mode_of_file))
  umask $((bits / 64))$((bits / 8 % 8))$((bits % 8))
  temporary=${1%/*}/.${1##*/}.ddt-$$
  rm_if_there "$temporary" && printf '%s' "$2" > "$temporary"
  prepared=$?
  umask 077
  return $prepared
}

# Removes a file, if there is one.
rm_if_there() {
  [ ! -e "$1" ] || rm -f "$1"
}

# Sets $known to a file's text; a NUL in it is lost, and then found by comparing.
read_text() {
  known=
  [ ! -e "$1" ] || known=$(cat "$1" && echo .) || return
  known=${known%.}
}

# Keeps the releases file open, so that another file in its place is told from it. The
# shell does not end where that fails.
hold_releases() {
  known_file=
  [ -r "$releases_file" ] && command exec 5< "$releases_file" || return 0
  known_file=$releases_file
}

# Says whether the releases file is the one that was held.
is_held() {
  [ "$known_file" = "$releases_file" ] && [ "$releases_file" -ef "/proc/$$/fd/5" ]
}

# Sets $known and $stage_before to what the records say now. The releases file is read
# again only if it is not what the session saw last.
read_records() {
  is_record "$releases_file" && is_record "$stage_file" || return
  if ! is_held || [ "$releases_file" -nt "$known_since" ]; then
    hold_releases
    read_text "$releases_file" || return
  fi
  [ -e "$stage_file" ] || return 0
  read_line "$stage_file" && stage_before=$line
}

# Copies what the records said to the attempt.
keep_records() {
  known_since=$attempt.request
  [ ! -e "$releases_file" ] || printf '%s' "$known" > "$attempt.releases" || return
  [ ! -e "$stage_file" ] || printf '%s\n' "$stage_before" > "$attempt.stage"
}

# Sets $line to the text of a file of one line; fails if it has none, or more.
read_line() {
  line= rest=
  { { IFS= read -r line || [ -n "$line" ]; } && ! IFS= read -r rest && [ -z "$rest" ]; } < "$1"
}

# Says whether a record is what it was when the attempt began; $2 is the copy.
is_unchanged() {
  if [ -e "$2" ]; then cmp -s "$1" "$2"; else [ ! -e "$1" ]; fi
}

# Says whether the stage file holds the line $1.
has_stage() {
  [ -e "$stage_file" ] && read_line "$stage_file" && [ "$line" = "$1" ]
}

is_stage_unchanged() {
  if [ -e "$attempt.stage" ]; then
    read_line "$attempt.stage" && has_stage "$line"
  else
    [ ! -e "$stage_file" ]
  fi
}

# Sets $release to the line of this release, $before to what the releases file said, and
# $known to the same with the line at its end, once.
add_release() {
  release="$package $bundle:$recorded_tag $recorded_digest $run $recorded" before=$known
  case $known in *" $release$newline"*) return ;; esac
  release="$stamp $release$newline"
  known=$known$release
}

# Says whether a line can be added, to a releases file that nobody touched, or that is not
# there yet.
can_append() {
  [ -z "$taken_up" ] && [ "$known" != "$before" ] || return
  case $before in '' | *"$newline") ;; *) return 1 ;; esac
  if [ -e "$releases_file" ]; then
    # Not what was written to within the clock's tick, either.
    is_record "$releases_file" && is_held && [ "$attempt.request" -nt "$releases_file" ]
  else
    [ ! -e "$attempt.releases" ] && is_record "$releases_file" && [ -d "${releases_file%/*}" ]
  fi
}

# Adds the line, and puts the new stage in place, if there is one.
append_records() {
  set -- "$releases_file"
  [ -e "$releases_file" ] || set -- "$@" "${releases_file%/*}"
  created=$(($# - 1))
  if [ -z "$stage_file" ]; then
    set -- "$@" "$attempt.outcome"
  else
    make_durable "$attempt.outcome" "$temporary_stage" || return
    set -- "$@" "${stage_file%/*}"
  fi
  append_release && place_stage && make_durable "$@" || return
  [ $created = 0 ] || hold_releases
}

# Cut short by a full disk or a crash, the line is finished by whoever follows.
append_release() {
  umask 022
  printf '%s' "$release" >> "$releases_file"
  appended=$?
  umask 077
  return $appended
}

# Says whether the releases file ends within the line that this attempt added.
is_cut_short() {
  said=$(cat "$1" && echo .) || return
  said=${said%.}
  case $known in "$said"*) ;; *) return 1 ;; esac
  case $said in "$before"*) [ "$said" != "$known" ] ;; *) return 1 ;; esac
}

refuse() {
  outcome="refused ${1#"$root"} $2"
  return 1
}

# Sets $place_releases; fails if somebody else wrote to the file.
check_releases() {
  place_releases=yes
  is_unchanged "$releases_file" "$attempt.releases" && return
  ! is_cut_short "$releases_file" || return 0
  place_releases=no
  cmp -s "$releases_file" "$temporary_releases" \
    || refuse "$releases_file" 'was changed while the steps ran'
}

# Fails if somebody else wrote to the stage file.
check_stage() {
  [ -z "$stage_file" ] || is_stage_unchanged || has_stage "$stage_value" \
    || refuse "$stage_file" 'was changed while the steps ran'
}

# Writes the new records beside the old ones, from the releases in $known.
prepare_records() {
  prepare "$releases_file" "$known" || refuse "$releases_file" 'could not be written' || return
  temporary_releases=$temporary
  prepare_stage
}

prepare_stage() {
  [ -n "$stage_file" ] || return 0
  prepare "$stage_file" "$stage_value$newline" \
    || refuse "$stage_file" 'could not be written' || return
  temporary_stage=$temporary
}

# Puts the new records in place. A failure leaves the rest to whoever follows.
place_records() {
  make_durable "$attempt.outcome" "$temporary_releases" \
    ${temporary_stage:+"$temporary_stage"} || return
  [ $place_releases = no ] || mv -f "$temporary_releases" "$releases_file" || return
  place_stage && make_durable "${releases_file%/*}" ${stage_file:+"${stage_file%/*}"} || return
  hold_releases
  [ $place_releases = yes ] || return 0
  temporary_releases=
}

place_stage() {
  [ -z "$temporary_stage" ] || mv -f "$temporary_stage" "$stage_file" || return
  temporary_stage=
}

# Writes all records of a success, or sets $outcome to why none was written; fails if
# they could not be finished.
write_records() {
  temporary_releases= temporary_stage= written=0
  add_release
  if can_append; then
    ! { prepare_stage && check_stage; } || append_records || written=1
  elif prepare_records && check_releases && check_stage; then
    place_records || written=1
  fi
  [ $written = 1 ] || { rm_if_there "$temporary_releases"; rm_if_there "$temporary_stage"; }
  return $written
}

# Removes what sessions that are gone have left beside a record.
sweep_record() {
  set +f
  for left in "${1%/*}/.${1##*/}".ddt-*; do
    [ ! -e "$left" ] || read_process "${left##*-}" || rm -f "$left"
  done
  set -f
}

# Adds the task's line to the history, which is for people: where that cannot be
# written, nothing else is held up.
add_history() {
  [ -n "$history_file" ] || return 0
  # What was undone is not what succeeded.
  ended_as=$outcome
  [ "$recorded $outcome" != 'rolled-back succeeded' ] || ended_as=rolled-back
  entry="$stamp $package $bundle:$tag $run $number $ended_as"
  [ -z "$taken_up" ] || ! grep -qxF "$entry" "$history_file" || return 0
  [ -d "${history_file%/*}" ] || (umask 022; mkdir -p "${history_file%/*}")
  umask 022
  printf '%s\n' "$entry" >> "$history_file"
  umask 077
}

# Ends an attempt whose outcome is known and on its way to the disk.
settle() {
  format_time "$ended"
  [ "$outcome" != undone ] || turn_back
  case $outcome:$commit in
    succeeded:never) make_durable "$attempt.outcome" ;;
    succeeded:* | undone:*) write_records ;;
    *) make_durable "$attempt.outcome" ;;
  esac || { abandon; return; }
  [ "$confirm" = 0 ] || end_watching
  [ -z "$taken_up" ] || { sweep_record "$releases_file"; sweep_record "$stage_file"; }
  add_history
  write_receipt "$attempt.receipt" || { abandon; return; }
  known_since=$attempt.receipt
  show_end
}
