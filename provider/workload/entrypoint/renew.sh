# Keeps the access token fresh while the command runs: a process beside it, ended with it.
# shellcheck shell=sh disable=SC2034,SC2154

keep_fresh() {
  # What ends the command does not end its token.
  trap '' TERM INT QUIT
  trap 'dismiss; exit 0' HUP
  trap forget EXIT
  while :; do
    ticks
    renewal_delay
    pause_beside_command "$oidc_ms"
    renew
  done
}

# Milliseconds from now until 15 to 45 % of the token's life is left, or 10 s of it, or half if it lives no 20 s: a renewal
# takes time, and pods that started together renew apart (bench/fleet). Never so few that tokens of no life at all are asked
# for without a pause.
renewal_delay() {
  spread $((oidc_life * 300))
  oidc_margin=$oidc_ms
  [ "$oidc_margin" -ge 10000 ] || oidc_margin=10000
  [ "$oidc_margin" -le $((oidc_life * 500)) ] || oidc_margin=$((oidc_life * 500))
  oidc_ms=$((oidc_life * 1000 - oidc_margin))
  oidc_ms=$((oidc_ms - (oidc_ticks - oidc_asked) * 10))
  [ "$oidc_ms" -ge 1000 ] || oidc_ms=1000
}

# A command killed together with its shell leaves this process behind: it ends by itself. The wait is over early when the
# command has lost the token.
pause_beside_command() {
  oidc_left=$1
  while [ "$oidc_left" -gt 0 ] && ! is_put_back; do
    kill -0 "$$" 2>/dev/null || exit 0
    oidc_step=$((oidc_left < 5000 ? oidc_left : 5000))
    pause "$oidc_step"
    oidc_left=$((oidc_left - oidc_step))
  done
}

# Tries until there is a new token. The command is told when the old one has ended, and goes on.
renew() {
  oidc_delay=$oidc_base
  oidc_until=$((oidc_asked + oidc_life * 100))
  oidc_over=no oidc_delayed=no
  while :; do
    exchange
    [ "$oidc_outcome" != ok ] || break
    ticks
    if [ "$oidc_over" = no ] && [ "$oidc_ticks" -ge "$oidc_until" ]; then
      oidc_over=yes
      # shellcheck source-path=SCRIPTDIR source=failure.sh disable=SC1091
      . "$oidc_here/failure.sh"
      say "LOGIN_EXPIRED: the access token has ended and was not renewed. The command runs on without one, and it is tried again and again. Why:" >&2
      explain_failure >&2
    elif [ "$oidc_delayed" = no ]; then
      oidc_delayed=yes
      say "RENEWAL_DELAYED: the access token can't be renewed yet ($oidc_outcome): $(brief_answer); it is valid for $(((oidc_until - oidc_ticks) / 100)) s more, trying again" >&2
    fi
    spread "$oidc_delay"
    [ "$oidc_ms" -ge $((oidc_retry_after * 1000)) ] || oidc_ms=$((oidc_retry_after * 1000))
    # The end must be told when it comes.
    [ "$oidc_over" = yes ] || [ "$oidc_ms" -le $(((oidc_until - oidc_ticks) * 10)) ] || oidc_ms=$(((oidc_until - oidc_ticks) * 10 + 10))
    pause_beside_command "$oidc_ms"
    oidc_delay=$((oidc_delay < 30000 ? oidc_delay * 2 : 60000))
  done
  hand_over
  say "renewed the access token; it expires $oidc_expires" >&2
}
