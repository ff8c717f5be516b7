# Pruning: removes the payloads that nothing on the node needs any more. Needed is what an
# attempt has that has not ended, or that can still be undone: of each package, what was
# recorded last and whatever was begun since. Epochs say what came later.

answer_prune() {
  [ "$mode" != scratch ] || { problem protocol 'a dry run prunes nothing'; return; }
  read_boot
  read_current || return
  [ -z "$last_path" ] || refuse_busy || return
  sweep_uploads
  newest= needed=
  each_attempt note_recorded
  each_attempt note_needed
  set +f
  set -- "$store"/bundles/sha256/*
  set -f
  prune_payloads "$@"
}

# Does something for every attempt on the node. A claim that was cut short ran no step.
each_attempt() {
  set +f
  for claim in "$store"/receipts/*/*.request; do
    set -f
    attempt=${claim%.request}
    ! load_attempt || "$1"
  done
  set -f
}

# Sets $newest_epoch to that of the last attempt of the package that was recorded.
find_newest() {
  newest_epoch=0
  case $newest in *"|$component,$package="*) ;; *) return ;; esac
  newest_epoch=${newest##*"|$component,$package="}
  newest_epoch=${newest_epoch%%"|"*}
}

note_recorded() {
  [ "$commit" != never ] && read_receipt "$attempt.receipt" || return 0
  case $outcome in succeeded | undone) ;; *) return 0 ;; esac
  find_newest
  [ "$epoch" -le "$newest_epoch" ] || newest="$newest|$component,$package=$epoch|"
}

note_needed() {
  find_newest
  [ "$epoch" -lt "$newest_epoch" ] && read_receipt "$attempt.receipt" || needed="$needed $payload "
}

# Removes the trees that are not needed. First they go to where the next session removes
# them should this one end: under its digest a tree is whole or not there.
prune_payloads() {
  kept=0
  for tree; do
    shift
    case $needed in
      *" ${tree##*/} "*) kept=$((kept + 1)) ;;
      *) [ ! -e "$tree" ] && [ ! -h "$tree" ] || set -- "$@" "$tree" ;;
    esac
  done
  removed=$# kibibytes=0
  [ $removed = 0 ] || remove_trees "$@" || { problem state "$said"; return; }
  part pruned "$removed $kibibytes $kept"
}

remove_trees() {
  staging=$store/bundles/upload-$$
  said=$({ mkdir -p "$staging" && mv "$@" "$staging/" && make_durable "$staging" "${1%/*}"; } 2>&1) \
    || return
  said=$(du -sk "$staging") && kibibytes=${said%%[!0-9]*}
  said=$(rm -rf "$staging" 2>&1)
}
