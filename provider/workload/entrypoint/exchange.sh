# One exchange by the image's CLI or, where it can't do it, by a direct request (direct.sh).
#
# exchange leaves in oidc_outcome: ok, refused, busy (429), failing (5xx), unreachable, proxy (it refuses), tls, strange
# (not Pulumi Cloud's answer), setup (the pod is wrongly set up, as oidc_problem says); in oidc_text what was answered or the tool said; in oidc_status the HTTP status, where it is
# known; and when it is ok oidc_access_token, oidc_life (seconds from its start) and oidc_expires (words).
# shellcheck shell=sh disable=SC2034,SC2154

oidc_route=''
oidc_probed=no

exchange() {
  ticks
  oidc_asked=$oidc_ticks
  oidc_outcome='' oidc_status='' oidc_text='' oidc_date='' oidc_retry_after=0 oidc_access_token='' oidc_cause=''
  [ -n "$oidc_route" ] || choose_route || return 0
  if [ "$oidc_route" = cli ]; then
    login_with_cli
    [ "$oidc_outcome" = unclear ] || return 0
    # An old CLI, or an answer of which it hides the status: asked for directly, it is seen.
    choose_direct_route
    if [ "$oidc_route" = none ]; then
      no_direct_route
      return
    fi
  fi
  exchange_directly
}

choose_route() {
  if [ "$oidc_has_cli" = yes ] && [ "$oidc_type" != runner ] && [ "$oidc_admin" = false ]; then
    oidc_route=cli
  else
    choose_direct_route
    [ "$oidc_route" != none ] || { tool_missing; return 1; }
  fi
}

# busybox has no version to tell, but a usage; without its option for a timeout some builds crash when they are given one.
choose_wget() {
  oidc_timeout=''
  case $(wget --version 2>&1) in
    GNU*) oidc_route=wget ;;
    *'-T SEC'*) oidc_route=busybox oidc_timeout=30 ;;
    *) oidc_route=busybox ;;
  esac
}

# wrong_setup TEXT: no exchange can succeed in this pod.
wrong_setup() { oidc_outcome=setup oidc_problem=$1; }

choose_direct_route() {
  if command -v curl >/dev/null 2>&1; then
    oidc_route=curl
  elif command -v wget >/dev/null 2>&1; then
    choose_wget
  else
    oidc_route=none
  fi
}

tool_missing() {
  wrong_setup "TOOL_MISSING: the image has neither a Pulumi CLI that can ask for this token ('login --oidc-token'; not for type runner or an administrator) nor curl nor wget. Fix: use an image with one of them, such as pulumi/pulumi"
}

# The CLI's answer is all there is.
no_direct_route() {
  oidc_route=cli
  case $oidc_text in
    *'unknown flag: --oidc'*) tool_missing ;;
    *) oidc_outcome=strange ;;
  esac
}

login_with_cli() {
  set -- --oidc-token "file://$oidc_token_file" --oidc-org "$oidc_organization" --oidc-expiration "${oidc_expiration}s"
  case $oidc_type in
    team) set -- "$@" --oidc-team "$oidc_owner" ;;
    personal) set -- "$@" --oidc-user "$oidc_owner" ;;
  esac
  if pulumi login "$oidc_api" "$@" --non-interactive >"$oidc_private/answer" 2>&1; then
    read_stored_login
    return
  fi
  slurp "$oidc_private/answer"
  oidc_text=${oidc_text##*OIDC token exchange failed: }
  judge_cli_answer
}

# The CLI repeats what the service said, but not the status; error texts of its own are Go's.
judge_cli_answer() {
  json_value code "$oidc_text"
  case $oidc_value in [45][0-9][0-9]) oidc_status=$oidc_value ;; esac
  json_value error "$oidc_text"
  case $oidc_text in
    'Post "http'* | *'error: '*'Post "http'* | *'Get "http'*) judge_silence ;;
    *)
      case $oidc_value:$oidc_status in
        server_error:* | temporarily_unavailable:* | :5*) oidc_outcome=failing ;;
        *:429) oidc_outcome=busy ;;
        ?*:* | :40[013]) oidc_outcome=refused ;;
        :4*) oidc_outcome=strange ;;
        *) oidc_outcome=unclear ;;
      esac
      ;;
  esac
}

# The CLI keeps the token in its file, with the time it expires by this pod's clock.
read_stored_login() {
  slurp "$PULUMI_CREDENTIALS_PATH/credentials.json"
  json_value current "$oidc_text"
  # The account of the API, not that of another one which is stored there as well.
  oidc_account=${oidc_text#*\"accounts\"}
  oidc_account=${oidc_account#*\""$oidc_value"\"}
  json_value accessToken "$oidc_account"
  oidc_access_token=$oidc_value
  json_value expiresAt "$oidc_account"
  oidc_expires=${oidc_value:-after $oidc_expiration s}
  oidc_life=$oidc_expiration
  if epoch_of_timestamp "$oidc_value"; then
    ticks
    oidc_life=$((oidc_epoch - $(date +%s) + (oidc_ticks - oidc_asked) / 100))
  fi
  oidc_text=''
  oidc_outcome=ok
}

# Seconds since 1970 of 2026-11-21T12:51:27.106+01:00, in oidc_epoch; fails for anything else.
epoch_of_timestamp() {
  case $1 in [0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*) ;; *) return 1 ;; esac
  oidc_rest=${1#????-??-??T}
  oidc_zone=${oidc_rest#??:??:??}
  oidc_zone=${oidc_zone#"${oidc_zone%%[Z+-]*}"}
  oidc_month=${1#????-}
  oidc_day=${oidc_month#??-}
  epoch "${1%%-*}" "${oidc_month%%-*}" "${oidc_day%%T*}" "${oidc_rest%"${oidc_rest#????????}"}"
  case $oidc_zone in
    [+-]??:??)
      oidc_rest=${oidc_zone#?}
      oidc_zone=${oidc_zone%"$oidc_rest"}
      oidc_epoch=$((oidc_epoch - ${oidc_zone}1 * ((1${oidc_rest%:*} - 100) * 3600 + (1${oidc_rest#*:} - 100) * 60)))
      ;;
  esac
}

# Seconds since 1970 of year, month, day and hh:mm:ss in UTC, in oidc_epoch: the days by the civil calendar, whose years
# are counted from March so that the leap day comes last. date(1) has no portable way to read a time.
epoch() {
  oidc_month=$((1$2 - 100))
  oidc_day=$((1$3 - 100))
  oidc_year=$(($1 - (oidc_month < 3)))
  oidc_days=$((oidc_year * 365 + oidc_year / 4 - oidc_year / 100 + oidc_year / 400 - 719469))
  oidc_days=$((oidc_days + (153 * ((oidc_month + 9) % 12) + 2) / 5 + oidc_day))
  oidc_rest=${4#??:}
  oidc_epoch=$((oidc_days * 86400 + (1${4%%:*} - 100) * 3600 + (1${oidc_rest%:*} - 100) * 60 + 1${oidc_rest#*:} - 100))
}

# The value of a text or number of a flat JSON object, in oidc_value; empty if it has none of that name.
json_value() {
  oidc_value=''
  case $2 in *"\"$1\""*) ;; *) return 0 ;; esac
  oidc_value=${2#*"\"$1\""}
  oidc_value=${oidc_value#"${oidc_value%%[!:[:space:]]*}"}
  case $oidc_value in
    \"*) oidc_value=${oidc_value#?} oidc_value=${oidc_value%%\"*} ;;
    *) oidc_value=${oidc_value%%[],\}[:space:]]*} ;;
  esac
}

# A file as one line, in oidc_text; of a long one the beginning.
slurp() {
  oidc_text=''
  [ -r "$1" ] || return 0
  while IFS= read -r oidc_line || [ -n "$oidc_line" ]; do
    oidc_text="$oidc_text$oidc_line "
    [ ${#oidc_text} -lt 65536 ] || break
  done <"$1"
}

# Takes out whatever has the form of a token: a proxy or a debugging server may echo what it was sent.
redact() { sed 's/eyJ[A-Za-z0-9_=-]*\(\.[A-Za-z0-9_=-]*\)*/(token)/g; s/pul-[0-9a-f]\{8,\}/(token)/g'; }

# What was answered, without what must not be read.
answer() { printf '%s\n' "${oidc_status:+HTTP status $oidc_status: }$oidc_text" | tr -d '\r' | redact | sed 's/ *$//' | cut -c 1-400; }
brief_answer() { answer | cut -c 1-160; }
