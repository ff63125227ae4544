# Tries again what may go better the next time: later each time, by different waits in different pods, and not for ever.
# shellcheck shell=sh disable=SC2034,SC2154

oidc_busy='' oidc_watch=''

# Hundredths of a second since boot, in oidc_ticks: date(1) has no portable sub-second clock.
ticks() {
  read -r oidc_ticks _ </proc/uptime
  oidc_ticks=${oidc_ticks%.*}${oidc_ticks#*.}
}

# Milliseconds of a decimal number of seconds, in oidc_ms; fails for anything else.
milliseconds() {
  case $1 in '' | . | *[!0-9.]* | *.*.* | 0[0-9]*) return 1 ;; esac
  case $1 in *.*) oidc_fraction=${1#*.}000 ;; *) oidc_fraction=000 ;; esac
  oidc_fraction=${oidc_fraction%"${oidc_fraction#???}"}
  oidc_whole=${1%%.*}
  oidc_ms=$((${oidc_whole:-0} * 1000 + 1$oidc_fraction - 1000))
}

{ milliseconds "${OIDC_RUNNER_RETRY_SECONDS:-1}" && [ "$oidc_ms" != 0 ]; } ||
  invalid OIDC_RUNNER_RETRY_SECONDS "$OIDC_RUNNER_RETRY_SECONDS" "give seconds above 0, such as 0.5"
oidc_base=$oidc_ms
oidc_limit=${OIDC_RUNNER_TIMEOUT_SECONDS:-30}
case $oidc_limit in *[!0-9]* | 0* | ????*) invalid OIDC_RUNNER_TIMEOUT_SECONDS "$oidc_limit" "give whole seconds, 1 to 999" ;; esac

# attend SECONDS PROGRAM...: runs a program so that a signal can end the wait for it; 0 s means no limit. A watchdog kills it
# when the time is over, and says so where it would have spoken. Times are written in UTC.
attend() {
  oidc_seconds=$1
  shift
  { export TZ=UTC; exec "$@"; } &
  oidc_busy=$!
  if [ "$oidc_seconds" != 0 ]; then
    {
      trap 'kill -s KILL "$oidc_sleep"; exit' HUP
      sleep "$oidc_seconds" >/dev/null 2>&1 &
      oidc_sleep=$!
      wait "$oidc_sleep"
      echo "timeout: no answer within $oidc_seconds s"
      kill -s KILL "$oidc_busy"
    } &
    oidc_watch=$!
  fi
  oidc_ended=0
  wait "$oidc_busy" 2>/dev/null || oidc_ended=$?
  oidc_busy=''
  dismiss
  return "$oidc_ended"
}

# Ends what is attended to.
dismiss() {
  [ -z "$oidc_busy" ] || kill -s KILL "$oidc_busy" 2>/dev/null || :
  [ -z "$oidc_watch" ] || kill -s HUP "$oidc_watch" 2>/dev/null || :
  oidc_watch=''
}

# Waits some milliseconds.
pause() {
  oidc_fraction=$((1000 + $1 % 1000))
  # A sleep(1) of POSIX takes whole seconds only.
  attend 0 sleep "$(($1 / 1000)).${oidc_fraction#1}" >/dev/null 2>&1 || attend 0 sleep "$((($1 + 999) / 1000))"
}

# Half to one and a half times some milliseconds, in oidc_ms: by chance, or, where the kernel has no such file, by the
# clock (gVisor had none before June 2026, google/gvisor#13417).
spread() {
  { read -r oidc_random </proc/sys/kernel/random/uuid; } 2>/dev/null || { ticks && oidc_random=$oidc_ticks; }
  oidc_ms=$(($1 / 2 + 0x${oidc_random%%-*} % ($1 + 1)))
}

# Exchanges the token; fails when that failed for good. A denial is final, whatever is asked how often. A service that answers
# that it is busy may be so because a thousand pods started together: 5 minutes let 100 exchanges a second serve 10,000 of them
# (bench/fleet). One that does not answer at all is more often a wrong address.
exchange_with_retries() {
  oidc_try=1
  oidc_delay=$oidc_base
  ticks
  oidc_first=$oidc_ticks
  while :; do
    exchange
    case $oidc_outcome in
      ok) return 0 ;;
      busy | failing) oidc_patience=300 ;;
      unreachable) oidc_patience=45 ;;
      *) return 1 ;;
    esac
    spread "$oidc_delay"
    [ "$oidc_ms" -ge $((oidc_retry_after * 1000)) ] || oidc_ms=$((oidc_retry_after * 1000))
    ticks
    [ $(((oidc_ticks - oidc_first) * 10 + oidc_ms)) -le $((oidc_base * oidc_patience)) ] || return 1
    say "try $oidc_try: $(brief_answer); trying again in $oidc_ms ms" >&2
    pause "$oidc_ms"
    oidc_try=$((oidc_try + 1))
    oidc_delay=$((oidc_delay < oidc_base * 16 ? oidc_delay * 2 : oidc_base * 30))
  done
}
