# The exchange by one request of curl. What is secret goes by a file that only this user can read.
# shellcheck shell=sh disable=SC2034,SC2154

exchange_directly() {
  check_token_file || return 0
  : >"$oidc_private/headers"
  printf %s "$oidc_subject_token" >"$oidc_private/request"
  unset oidc_subject_token
  # -q: ~/.curlrc could make it follow redirects. The form of the token exchange (RFC 8693).
  if attend 0 curl -q --silent --show-error --connect-timeout 10 --max-time "$oidc_limit" --max-filesize 1048576 \
    --data grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange \
    --data subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aid_token \
    --data-urlencode "requested_token_type=urn:pulumi:token-type:access_token:$oidc_type" \
    --data-urlencode "audience=urn:pulumi:org:$oidc_organization" --data-urlencode "scope=$oidc_scope" \
    --data "expiration=$oidc_expiration" --data-urlencode "subject_token@$oidc_private/request" \
    --dump-header "$oidc_private/headers" --output "$oidc_private/response" "$oidc_api/api/oauth/token" 2>"$oidc_private/answer"; then
    read_headers "$oidc_private/headers"
    slurp "$oidc_private/response"
  else
    slurp "$oidc_private/answer"
  fi
  forget
  case $oidc_status in
    200) read_token_answer ;;
    408 | 429) oidc_outcome=busy ;;
    5??) oidc_outcome=failing ;;
    '') judge_silence ;;
    4??)
      # The service refuses in JSON. A page is what something else says, such as a proxy.
      case $oidc_text in '{'*) oidc_outcome=refused ;; *) oidc_outcome=strange ;; esac
      ;;
    *) oidc_outcome=strange ;;
  esac
}

forget() { [ ! -e "$oidc_private/headers" ] || rm -f "$oidc_private/request" "$oidc_private/response" "$oidc_private/headers"; }

# The kubelet renews the token: its file is read for each exchange.
check_token_file() {
  oidc_subject_token=''
  [ ! -s "$oidc_token_file" ] || read -r oidc_subject_token <"$oidc_token_file" || :
  case $oidc_subject_token in
    *.*.*) return 0 ;;
    '') wrong_setup "TOKEN_MISSING: no token in $oidc_token_file. Fix: mount the projected service account token there" ;;
    *) wrong_setup "TOKEN_MALFORMED: $oidc_token_file holds no JSON Web Token. Fix: mount the projected service account token there" ;;
  esac
  return 1
}

# Status, Date and Retry-After of the last answer among the headers in a file.
read_headers() {
  oidc_cr=$(printf '\r')
  while IFS= read -r oidc_line || [ -n "$oidc_line" ]; do
    oidc_line=${oidc_line%"$oidc_cr"}
    case $oidc_line in
      HTTP/*' '[0-9][0-9][0-9]*)
        oidc_status=${oidc_line#* }
        oidc_status=${oidc_status%% *} oidc_date='' oidc_retry_after=0
        ;;
      [Dd]ate:\ *) oidc_date=${oidc_line#*: } ;;
      [Rr]etry-[Aa]fter:\ [0-9]*)
        oidc_retry_after=${oidc_line#*: }
        case $oidc_retry_after in *[!0-9]* | 0?* | ??????*) oidc_retry_after=0 ;; esac
        ;;
    esac
  done <"$1"
}

read_token_answer() {
  json_value access_token "$oidc_text"
  oidc_access_token=$oidc_value
  json_value expires_in "$oidc_text"
  case $oidc_access_token:$oidc_value in
    :*) oidc_outcome=strange ; return ;;
    *:*[!0-9]* | *: | *:0*) oidc_value=$oidc_expiration ;;
  esac
  oidc_outcome=ok oidc_text='' oidc_life=$oidc_value oidc_expires="in $oidc_value s"
}

# Tells from a tool's words why there was no answer at all. The order counts: what a proxy says is repeated by complaints
# about the connection.
judge_silence() {
  oidc_outcome=unreachable
  case $oidc_text in
    *'response 407'* | *'code 407 from proxy'* | *'Proxy Authentication Required'*) oidc_outcome=proxy oidc_cause=credentials ;;
    *'response 403'* | *'code 403 from proxy'* | *'": Forbidden'*) oidc_outcome=proxy oidc_cause=forbidden ;;
    *'CONNECT tunnel failed'* | *'from proxy after CONNECT'* | *'": Bad Gateway'* | *'": Service Unavailable'* | *'": Gateway Timeout'* | *proxyconnect* | *'resolve proxy'*) oidc_cause=proxy ;;
    *'not resolve'* | *'no such host'* | *' lookup '*) oidc_cause=name ;;
    *nreachable* | *'No route'* | *'imed out'* | *timeout* | *'deadline exceeded'*) oidc_cause=network ;;
    *' reset '* | *SYSCALL* | *EOF*) oidc_cause=other ;;
    *x509* | *ertificate* | *SSL* | *' tls: '* | *TLS*) oidc_outcome=tls oidc_cause=tls ;;
    *'onnection refused'* | *'connect to server'*) oidc_cause=refused ;;
    *) oidc_cause=other ;;
  esac
}
