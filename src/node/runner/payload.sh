# Payloads: archives arrive in one stream, are verified, unpacked and put into place.

# Removes what uploads have left whose session is gone.
sweep_uploads() {
  set +f
  for directory in "$store"/bundles/upload-*; do
    [ ! -d "$directory" ] || read_process "${directory##*-}" || rm -rf "$directory"
  done
  set -f
}

# Reports the failure of a tool by what it said, removes the upload, and ends the
# session: the rest of the stream would be taken for requests.
fail_upload() {
  case $said in
    *'No space left'* | *uota*) reason=space ;;
    *) reason=$1 ;;
  esac
  rm -rf "$staging"
  problem "$reason" "$said"
  break_off
}

# Ends the session with the answer to what it cannot go on from.
break_off() {
  part end
  send
  exit 1
}

# Runs a tool; of one that fails, sets $said to what it says when it is run once more. To
# catch that in the first place would cost a copy of this process each time.
try() {
  "$@" </dev/null >/dev/null 2>&1 || said=$("$@" 2>&1 </dev/null)
}

# Takes SIZE bytes from the session: a tar archive of digest ARCHIVE that has a directory
# for each DIGEST. Whatever else is in it stays in staging: `tar` does not leave the directory
# that it unpacks into. Of an archive that holds what no bundle may hold, nothing is kept.
answer_upload() {
  size=$1 archive=$2
  shift 2
  open_store || break_off
  staging=$store/bundles/upload-$$
  sweep_uploads
  try mkdir -p "$staging" "$store/bundles/sha256" || fail_upload state
  head -c "$size" > "$staging/archive" || explain_archive
  check_archive "$archive" || fail_upload $reason
  for digest; do
    shift
    case $digest in *[!0-9a-f]*) said="not a digest: $digest"; fail_upload protocol ;; esac
    has_payload "$digest" || set -- "$@" "$staging/$digest"
  done
  [ $# = 0 ] || install_payloads "$@"
  rm -rf "$staging"
  part uploaded
}

# Fails with the reason why nothing can be added to the archive.
explain_archive() {
  said=$(head -c 65536 /dev/zero 2>&1 >> "$staging/archive")
  said=${said:-the archive could not be written}
  fail_upload state
}

install_payloads() {
  unpack_archive "$staging" "$@" || fail_upload $reason
  place_payloads "$@" || fail_upload state
}

# Puts trees under their digests, or fails and sets $said. Another session may be faster.
place_payloads() {
  mv "$@" "$store/bundles/sha256/" && return
  for tree; do
    has_payload "${tree##*/}" || said=$(mv "$tree" "$store/bundles/sha256/" 2>&1) || return
  done
}

# Fails unless the archive in staging has digest $1, and sets $said and $reason.
check_archive() {
  said='the digest to compare with cannot be written' reason=state
  printf '%s  %s\n' "$1" "$staging/archive" > "$staging/digest" || return
  reason=digest
  try sha256sum -c "$staging/digest"
}

# Unpacks the archive into directory $1, where it gives the payloads that follow, or fails and
# sets $said and $reason. Nothing of it is under its digest before all of it is on the disk.
unpack_archive() {
  reason=state
  try tar -xof "$staging/archive" -C "$1" || return
  shift
  for tree; do
    [ -d "$tree" ] && [ ! -h "$tree" ] \
      || { said="no directory ${tree##*/} in it" reason=digest; return 1; }
  done
  refuse_odd "$@" || return
  reason=state
  make_durable -f "$staging" || try make_durable
}

# Fails if a payload in staging holds what no bundle may hold, or that cannot be told, and sets
# $said and $reason. The controller has refused it before: this is for one that is broken, or
# somebody else's.
refuse_odd() {
  odd=$(print_odd "$@" 2>&1) || { said=$odd reason=state; return 1; }
  odd=${odd%%"$newline"*}
  said="${odd#"$staging"/} is nothing that a bundle may hold" reason=digest
  [ -z "$odd" ]
}

# What is neither directory nor file nor link, gives its owner's rights away, or is another
# file as well; and links that lead out. Fails only where that cannot be told. Ends the shell.
print_odd() {
  exec find "$@" \
    \( ! -type d ! -type f ! -type l -o -type f \( -perm -4000 -o -perm -2000 -o -links +1 \) \) -print \
    -o -type l -exec sh -c "$print_leading_out" "$staging" {} +
}

# Follows links as the kernel does, name by name, and as the controller does. None may leave
# its payload, not even to come back.
print_leading_out='
  for link; do
    path=${link#"$0"/} links=0 out=
    payload=$0/${path%%/*} here=/${path#*/}
    ahead=${here##*/} here=${here%/*}
    while [ -n "$ahead" ]; do
      name=${ahead%%/*}
      case $ahead in */*) ahead=${ahead#*/} ;; *) ahead= ;; esac
      case $name in
        "" | .) continue ;;
        ..) [ -n "$here" ] || { out=yes; break; }; here=${here%/*}; continue ;;
      esac
      here=$here/$name
      [ -h "$payload$here" ] || continue
      target=$(readlink "$payload$here") links=$((links + 1))
      [ $links -le 40 ] && [ "${target#/}" = "$target" ] || { out=yes; break; }
      ahead=$target/$ahead here=${here%/*}
    done
    [ -z "$out" ] || printf "%s\n" "$link"
  done'
