# Payloads that the node reads from a registry itself, with curl.

# Reads DIGEST, at most SIZE bytes, as curl's SETTINGS say. What cannot be read this way is `unfetched`, with the reason:
# it can still be uploaded.
answer_fetch() {
  digest=$1 size=$2 settings=${3#=} authorities=${4#=}
  open_store || return
  staging=$store/bundles/upload-$$
  sweep_uploads
  if fetch_payload; then
    part fetched
  else
    part unfetched
    body "$said"
  fi
  settings=
  rm -rf "$staging"
}

# The archive holds the tree itself, and has the payload's own digest.
fetch_payload() {
  said='curl is not installed'
  command -v curl >/dev/null || return
  try mkdir -p "$staging/$digest" "$store/bundles/sha256" || return
  read_archive
  if ! check_archive "$digest"; then
    [ $reason = digest ] || return
    said='it got something else (another digest)'
    [ ! -s "$staging/said" ] || said=$(cat "$staging/said")
    return 1
  fi
  unpack_archive "$staging/$digest" "$staging/$digest" || return
  has_payload "$digest" || place_payloads "$staging/$digest"
}

# Writes what comes; whether that is everything, and right, is the digest's to say. curl reads its settings from a pipe:
# no argument, no environment and no file ever holds them. Its own configuration is not read (-q).
read_archive() {
  set -- -q -K -
  if [ -n "$authorities" ]; then
    # An empty directory, so that the system's authorities do not count.
    mkdir "$staging/none" && printf '%b' "$authorities" > "$staging/authorities" || return
    set -- "$@" --cacert "$staging/authorities" --capath "$staging/none"
  fi
  printf '%b' "$settings" | curl "$@" 2> "$staging/said" | head -c "$size" 2>> "$staging/said" > "$staging/archive"
}
