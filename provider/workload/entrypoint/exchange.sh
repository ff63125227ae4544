# One exchange by the image's CLI or, where it can't do it, by curl (direct.sh).
#
# exchange leaves in oidc_outcome: ok, refused, busy (429), failing (5xx), unreachable, proxy (it refuses), tls, strange
# (not Pulumi Cloud's answer), setup (the pod is wrongly set up, as oidc_problem says); in oidc_text what was answered or
# the tool said; in oidc_status the HTTP status, where it is known; and when it is ok oidc_access_token, oidc_life (seconds
# from its start) and oidc_expires (words).
# shellcheck shell=sh disable=SC2034,SC2154

oidc_route='' oidc_previous='' oidc_access_token=''

exchange() {
  ticks
  oidc_asked=$oidc_ticks
  oidc_previous=${oidc_access_token:-$oidc_previous}
  oidc_outcome='' oidc_status='' oidc_text='' oidc_date='' oidc_retry_after=0 oidc_access_token='' oidc_cause=''
  case ${oidc_route:-$oidc_has_cli:$oidc_type:$oidc_admin} in
    curl | yes:runner:* | yes:*:true | no:*) oidc_route=curl ;;
    *)
      oidc_route=cli
      login_with_cli
      # An old CLI, or an answer of which it hides the status: asked for by curl, it is seen.
      [ "$oidc_outcome" = unclear ] || return 0
      case $(command -v curl):$oidc_text in
        ?*:*) oidc_route=curl ;;
        *'unknown flag: --oidc'*) ;;
        *) oidc_outcome=strange ; return ;;
      esac
      ;;
  esac
  if command -v curl >/dev/null 2>&1; then
    exchange_directly
  else
    wrong_setup "TOOL_MISSING: the image has neither curl nor a Pulumi CLI that can ask for this token ('pulumi login --oidc-token'; not for type runner or an administrator). Fix: use an image with one of them, such as pulumi/pulumi"
  fi
}

# wrong_setup TEXT: no exchange can succeed in this pod.
wrong_setup() { oidc_outcome=setup oidc_problem=$1; }

login_with_cli() {
  set -- --oidc-token "file://$oidc_token_file" --oidc-org "$oidc_organization" --oidc-expiration "${oidc_expiration}s"
  case $oidc_type in
    team) set -- "$@" --oidc-team "$oidc_owner" ;;
    personal) set -- "$@" --oidc-user "$oidc_owner" ;;
  esac
  if attend "$oidc_limit" pulumi login "$oidc_api" "$@" --non-interactive >"$oidc_private/answer" 2>&1; then
    read_login
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
  case $oidc_text in 'Post "http'* | *'error: '*'Post "http'* | *'Get "http'* | 'timeout: '*) judge_silence ; return ;; esac
  case $oidc_value:$oidc_status in
    server_error:* | temporarily_unavailable:* | :5*) oidc_outcome=failing ;;
    *:429 | *:408) oidc_outcome=busy ;;
    ?*:* | :4*) oidc_outcome=refused ;;
    *) oidc_outcome=unclear ;;
  esac
}

# Seconds since 1970 of YYYY-MM-DD hh:mm:ss in UTC, the one form that both GNU and busybox read; empty if it is none.
epoch() { case $1 in *-*-*' '*:*:*) date -u -d "$1" +%s 2>/dev/null || : ;; esac; }

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
