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
  problem "$reason" "$said"
  part end
  rm -rf "$staging"
  exit 1
}

# Runs a tool; of one that fails, sets $said to what it says when it is run once more. To
# catch that in the first place would cost a copy of this process each time.
try() {
  "$@" </dev/null >/dev/null 2>&1 || said=$("$@" 2>&1 </dev/null)
}

# Takes SIZE bytes from the session: a tar archive of digest ARCHIVE that has a directory
# for each DIGEST. Whatever else is in it stays in staging: `tar` does not leave the directory
# that it unpacks into.
answer_upload() {
  size=$1 archive=$2
  shift 2
  open_store || exit 1
  staging=$store/bundles/upload-$$
  sweep_uploads
  said=$(mkdir -p "$staging" "$store/bundles/sha256" 2>&1) || fail_upload state
  said=$(head -c "$size" 2>&1 > "$staging/archive") || fail_upload state
  said='the digest to compare with cannot be written'
  printf '%s  %s\n' "$archive" "$staging/archive" > "$staging/digest" || fail_upload state
  try sha256sum -c "$staging/digest" || fail_upload digest
  for digest; do
    shift
    case $digest in *[!0-9a-f]*) said="not a digest: $digest"; fail_upload protocol ;; esac
    has_payload "$digest" || set -- "$@" "$staging/$digest"
  done
  [ $# = 0 ] || install_payloads "$@"
  rm -rf "$staging"
  part uploaded
}

# Nothing of an archive is under its digest before all of it is on the disk.
install_payloads() {
  try tar -xof "$staging/archive" -C "$staging" || fail_upload state
  for tree; do
    [ -d "$tree" ] && [ ! -h "$tree" ] || { said="no directory ${tree##*/} in it"; fail_upload digest; }
  done
  make_durable -f "$staging" || try make_durable || fail_upload state
  said=$(mv "$@" "$store/bundles/sha256/" 2>&1) || fail_upload state
}
