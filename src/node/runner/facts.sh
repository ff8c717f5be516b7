# Facts: what the node is and what its files say. Writes nothing.

limit=1048577

# A file's kind, and its bytes as far as ddt is ready to read them.
show_file() {
  if [ ! -e "$1" ] && [ ! -h "$1" ]; then
    part file absent
  elif [ -h "$1" ] || [ ! -f "$1" ]; then
    part file other
  elif [ ! -r "$1" ]; then
    part file unreadable
  else
    part file regular
    send
    head -c $limit "$1"
  fi
}

# Says whether the session may do what the plan needs: as root, or in its own sandbox.
is_privileged() {
  if [ -n "$root" ]; then
    nearest_directory "$state"
    [ -w "$above" ]
  else
    while read -r key user rest; do
      [ "$key" != Uid: ] || break
    done < /proc/self/status
    [ "$user" = 0 ]
  fi
}

# Sets $privileged, $architecture and $space, once per session: a run asks for the space
# before it puts anything on the node.
read_machine() {
  [ -z "$space" ] || return 0
  nearest_directory "$state"
  privileged=no
  ! is_privileged || privileged=yes
  # The kernel says it in a file since Linux 6.1: a process less.
  architecture=
  read -r architecture < /proc/sys/kernel/arch || architecture=$(uname -m)
  space=$(df -Pk "$above")
}

show_machine() {
  read_machine
  part machine
  body "boot $boot
arch $architecture
privileged $privileged
epoch $seen_epoch
$space
"
}

has_payload() {
  [ -d "$state/bundles/sha256/$1" ] || { [ -n "$store" ] && [ -d "$store/bundles/sha256/$1" ]; }
}

answer_facts() {
  read_boot
  read_current || return
  show_machine
  for word; do
    case $word in
      file=*) decode "${word#*=}"; show_file "$root$decoded" ;;
      payload=*) ! has_payload "${word#*=}" || part payload "${word#*=}" ;;
    esac
  done
  find_last_attempt || return 0
  show_state last
}

# Shows the attempt that $attempt names, as a part of a name.
show_state() {
  attempt_state
  part "$1" "$run $component $package $number $tag $digest $attempt_state"
  body "$receipt"
}

# Every attempt of a run, in the order of their starts.
answer_attempts() {
  read_request "$@" || return
  case /$run/ in //* | */.* | */*/*/*) problem protocol "not a run"; return ;; esac
  read_boot
  directory=$state/receipts/$run
  [ -r "$directory/order" ] || return 0
  while read -r first second third; do
    attempt=$directory/$first,$second,$third
    [ -z "$third" ] || ! load_attempt || show_state attempt
  done < "$directory/order"
}
