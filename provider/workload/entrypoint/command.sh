# Runs the command as a child: the first process of a container is deaf to signals it has no handler for, has to reap what
# others leave behind, and has to be there to renew the access token. So there is one way for work short and long.
# shellcheck shell=sh disable=SC2034,SC2154

# Puts the access token where the command finds it. A file is replaced as a whole: whoever reads it gets a whole token.
hand_over() {
  OIDC_RUNNER_ACCESS_TOKEN_FILE=$oidc_private/access-token
  export OIDC_RUNNER_ACCESS_TOKEN_FILE
  printf '%s\n' "$oidc_access_token" >"$oidc_private/.access-token"
  mv -f "$oidc_private/.access-token" "$OIDC_RUNNER_ACCESS_TOKEN_FILE"
  [ "$oidc_has_cli" = yes ] && [ "$oidc_route" != cli ] || return 0
  # The stored login as the CLI writes it; it adds the user's name on first use.
  printf '{"current":"%s","accessTokens":{"%s":"%s"},"accounts":{"%s":{"accessToken":"%s"}}}\n' \
    "$oidc_api" "$oidc_api" "$oidc_access_token" "$oidc_api" "$oidc_access_token" >"$PULUMI_CREDENTIALS_PATH/.credentials"
  mv -f "$PULUMI_CREDENTIALS_PATH/.credentials" "$PULUMI_CREDENTIALS_PATH/credentials.json"
}

# Runs the command to its end, with its exit code in oidc_code.
run_command() {
  oidc_child='' oidc_pending='' oidc_signalled='' oidc_reset=no
  # sh starts background commands deaf to INT and QUIT. bash undoes that when it becomes a program; GNU env(1) can, too.
  if [ -n "${BASH_VERSION:-}" ]; then
    oidc_reset=shell
  elif env --default-signal=INT,QUIT sh -c : 2>/dev/null; then
    oidc_reset="env"
  fi
  for oidc_signal in TERM INT HUP QUIT USR1 USR2; do
    # shellcheck disable=SC2064
    trap "forward $oidc_signal" "$oidc_signal"
  done
  # A background command has no standard input unless it is given one.
  exec 3<&0
  become "$@" <&3 3<&- &
  oidc_child=$!
  exec 3<&-
  [ -z "$oidc_pending" ] || forward "$oidc_pending"
  # shellcheck source-path=SCRIPTDIR source=renew.sh disable=SC1091
  . "$oidc_here/renew.sh"
  keep_fresh </dev/null &
  oidc_keeper=$!
  await_command
  kill "$oidc_keeper" 2>/dev/null || :
}

# The child that becomes the command: without our mask and locale, and with signals as a foreground command has them.
become() {
  umask "$oidc_umask"
  if [ -n "$oidc_locale" ]; then LC_ALL=$oidc_locale; else unset LC_ALL; fi
  case $oidc_reset:$1 in
    # env(1) would take it for a variable.
    env:*=*) exec "$@" ;;
    env:*) exec env --default-signal=INT,QUIT "$@" ;;
    *) exec "$@" ;;
  esac
}

# A signal ends the wait early. What the wait says then is the signal's, unless the command ended at that very moment.
await_command() {
  while :; do
    oidc_signalled=''
    oidc_code=0
    wait "$oidc_child" 2>/dev/null || oidc_code=$?
    [ -n "$oidc_signalled" ] || return 0
    kill -0 "$oidc_child" 2>/dev/null || break
  done
  # It has ended and was reaped: the shell may have kept its code for another wait, or have told it already (127).
  oidc_last=0
  wait "$oidc_child" 2>/dev/null || oidc_last=$?
  [ "$oidc_last" = 127 ] || oidc_code=$oidc_last
}

forward() {
  oidc_signalled=yes
  if [ -z "$oidc_child" ]; then
    oidc_pending=$1
    return
  fi
  ! is_deaf_to "$1" || set -- TERM
  kill -s "$1" "$oidc_child" 2>/dev/null || :
}

# Whether the command never heard INT or QUIT because sh started it so, and not by a wish of its own.
is_deaf_to() {
  [ "$oidc_reset" = no ] || return 1
  case $1 in INT) oidc_bit=2 ;; QUIT) oidc_bit=4 ;; *) return 1 ;; esac
  while read -r oidc_name oidc_mask; do
    [ "$oidc_name" != SigIgn: ] || break
  done <"/proc/$oidc_child/status" 2>/dev/null || return 1
  [ $((0x0${oidc_mask#????????} & oidc_bit)) -ne 0 ]
}
