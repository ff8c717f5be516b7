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

# Writes the list that `sha256sum -c` reads.
list_digests() {
  for digest; do
    printf '%s  %s/%s.tar\n' "$digest" "$staging" "$digest"
  done
}

# Takes SIZE bytes, a tar archive of DIGEST.tar for each DIGEST, from the session.
answer_upload() {
  size=$1
  shift
  open_store || exit 1
  staging=$store/bundles/upload-$$
  sweep_uploads
  said=$(mkdir -p "$staging" "$store/bundles/sha256" 2>&1) || fail_upload state
  said=$(head -c "$size" | tar -xf - -C "$staging" 2>&1) || fail_upload state
  said=$(list_digests "$@" 2>&1 > "$staging/digests") || fail_upload state
  said=$(sha256sum -c "$staging/digests" 2>&1) || fail_upload digest
  for digest; do
    shift
    has_payload "$digest" || set -- "$@" "$staging/$digest"
  done
  [ $# = 0 ] || install_payloads "$@"
  rm -rf "$staging"
  part uploaded
}

# Nothing of an archive is under its digest before all of it is on the disk.
install_payloads() {
  said=$(mkdir "$@" 2>&1) || fail_upload state
  for directory; do
    said=$(tar -xof "$directory.tar" -C "$directory" 2>&1) || fail_upload state
  done
  said=$(make_durable -f "$staging" 2>&1 || make_durable 2>&1) || fail_upload state
  said=$(mv "$@" "$store/bundles/sha256/" 2>&1) || fail_upload state
}
