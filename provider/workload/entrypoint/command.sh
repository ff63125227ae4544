# Runs the command as a child: the first process of a container is deaf to signals it has no handler for, has to reap what
# others leave behind, and has to be there to renew the access token. So there is one way for work short and long.
# shellcheck shell=sh disable=SC2034,SC2154

# Runs the command to its end, with its exit code in oidc_code.
run_command() {
  oidc_told=''
  # sh starts background commands deaf to INT and QUIT. bash undoes that when it becomes a program; GNU env(1) can, too.
  oidc_reset=${BASH_VERSION:+shell}
  [ -n "$oidc_reset" ] || ! env --default-signal=INT,QUIT sh -c : 2>/dev/null || oidc_reset="env"
  # Before the command: it may be told to end as soon as it is there.
  oidc_child='' oidc_early=''
  for oidc_signal in TERM INT HUP QUIT USR1 USR2; do
    # shellcheck disable=SC2064
    trap "forward $oidc_signal" "$oidc_signal"
  done
  # A background command has no standard input unless it is given one.
  exec 3<&0
  become "$@" <&3 3<&- &
  oidc_child=$!
  for oidc_signal in $oidc_early; do forward "$oidc_signal"; done
  exec 3<&-
  # shellcheck source-path=SCRIPTDIR source=renew.sh disable=SC1091
  . "$oidc_here/renew.sh"
  keep_fresh </dev/null &
  oidc_keeper=$!
  await_command
  [ "$oidc_code" != 127 ] || explain_missing "$@" >&2
  # What was told to end may need a fresh token for that, so the keeper goes last.
  [ -z "$oidc_told" ] || await_group
  kill -s HUP "$oidc_keeper" 2>/dev/null || :
  case $$:$oidc_told in 1:?*) await_all ;; esac
}

# What 127 says, which a shell ends with whose command was not found; nothing where `become` has said it.
explain_missing() {
  if [ "$*" = "$oidc_here/script.sh" ]; then
    (find_interpreter "$1") 2>/dev/null || return 0
    oidc_line='the script'
  else
    command -v "$1" >/dev/null 2>&1 || return 0
    oidc_line="'$1'"
  fi
  say "COMMAND_MISSING: $oidc_line ended with exit code 127: it called a command that this image does not have, which the lines above name. Fix: use an image that has it ('image'), or install it first"
}

# The child that becomes the command: without our mask and locale, and with signals as a foreground command has them.
become() {
  umask "$oidc_umask"
  if [ -n "$oidc_locale" ]; then LC_ALL=$oidc_locale; else unset LC_ALL; fi
  if [ "$*" = "$oidc_here/script.sh" ]; then
    find_interpreter "$1"
    set -- "$oidc_interpreter" ${oidc_option:+"$oidc_option"} "$1"
  fi
  command -v "$1" >/dev/null 2>&1 ||
    fail 127 "COMMAND_MISSING: this image has no '$1'. Fix: use an image that has it ('image'), or another command"
  case $oidc_reset:$1 in
    # env(1) would take it for a variable.
    env:*=*) ;;
    env:*) set -- env --default-signal=INT,QUIT "$@" ;;
  esac
  exec "$@"
}

# What a script's first line names, and its option, as the kernel reads it; `sh -e` where it names nothing. The kernel is
# not asked: a node may mount the volume so that no program can be run from it.
find_interpreter() {
  oidc_interpreter=/bin/sh oidc_option=-e
  IFS= read -r oidc_line <"$1" || :
  case $oidc_line in '#!'*) ;; *) return 0 ;; esac
  oidc_line=${oidc_line#??}
  oidc_line=${oidc_line#"${oidc_line%%[![:blank:]]*}"}
  oidc_interpreter=${oidc_line%%[[:blank:]]*}
  oidc_option=${oidc_line#"$oidc_interpreter"}
  oidc_option=${oidc_option#"${oidc_option%%[![:blank:]]*}"}
  oidc_option=${oidc_option%"${oidc_option##*[![:blank:]]}"}
  command -v "$oidc_interpreter" >/dev/null 2>&1 ||
    fail 127 "INTERPRETER_MISSING: this image has no '$oidc_interpreter', which the script's first line names. Fix: use an image that has it, or another first line"
}

# A signal ends the wait early, also one that was handled just before (bash in POSIX mode), so only a command that is gone has
# ended. What the wait says then can be the signal's: the shell may have kept the command's code for another wait, or have
# told it already (127).
await_command() {
  while :; do
    oidc_code=0
    wait "$oidc_child" 2>/dev/null || oidc_code=$?
    kill -0 "$oidc_child" 2>/dev/null || break
  done
  oidc_last=0
  wait "$oidc_child" 2>/dev/null || oidc_last=$?
  [ "$oidc_last" = 127 ] || oidc_code=$oidc_last
}

# TERM, INT and QUIT go to the whole process group, as Ctrl-C does: of TERM a shell dies at once, while what it runs goes
# on. Other groups don't get them yet: Pulumi's plugins have groups of their own (pulumi/pulumi v3.259.0,
# sdk/go/common/resource/plugin/plugin.go), and it lets them finish what they are creating before it ends them.
forward() {
  [ -n "$oidc_child" ] || { oidc_early="$oidc_early $1"; return 0; }
  # What is deaf to them gets TERM instead.
  case $oidc_reset:$1 in :INT | :QUIT) set -- TERM ;; esac
  case $1 in TERM | INT | QUIT) oidc_told=$1 ;; esac
  if [ "$oidc_told" = "$1" ] && leads_group; then
    trap '' "$1"
    kill -s "$1" 0
    # shellcheck disable=SC2064
    trap "forward $1" "$1"
  else
    kill -s "$1" "$oidc_child" 2>/dev/null || :
  fi
}

# Whether this process began its group, as the first process of a container does: otherwise others are in it as well.
leads_group() { process_status "$$" && [ "$oidc_group" = "$$" ]; }

process_status() {
  { IFS= read -r oidc_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # A name comes first, and may hold anything.
  # shellcheck disable=SC2086
  set -- ${oidc_line##*') '}
  oidc_state=$1 oidc_parent=$2 oidc_group=$3
}

# Waits until none of the group is left but the keeper and what it runs: the container's end would kill it.
await_group() {
  leads_group || return 0
  oidc_left=yes
  while [ "$oidc_left" = yes ]; do
    pause 100
    oidc_left=no
    for oidc_process in /proc/[0-9]*; do
      process_status "${oidc_process#/proc/}" || continue
      case ${oidc_process#/proc/}:$oidc_parent:$oidc_state:$oidc_group in
        "$$":* | "$oidc_keeper":* | *:"$oidc_keeper":* | *:Z:*) ;;
        *:"$$") oidc_left=yes ;;
      esac
    done
  done
}

# Ends what has left the group, and waits until nothing is left. busybox's ash takes -1 without dashes before it.
await_all() {
  kill -s "$oidc_told" -- -1 2>/dev/null || :
  while kill -s 0 -- -1 2>/dev/null || kill -s 0 -1 2>/dev/null; do pause 100; done
}
