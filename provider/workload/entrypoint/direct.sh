# The exchange by one request of curl, GNU wget or busybox's wget. The body goes by a file that only this user can read.
# shellcheck shell=sh disable=SC2034,SC2154

exchange_directly() {
  oidc_status='' oidc_text=''
  check_token_file || return 0
  write_request
  : >"$oidc_private/answer"
  case $oidc_route in
    curl) request_with_curl ;;
    wget) request_with_wget ;;
    busybox) request_with_busybox ;;
  esac
  forget
  [ "$oidc_outcome" != setup ] || return 0
  case $oidc_status in
    200) read_token_answer ;;
    429) oidc_outcome=busy ;;
    5??) oidc_outcome=failing ;;
    '' | 000) oidc_status='' ; judge_silence ;;
    40[013])
      oidc_outcome=refused
      # Every refusal of the service has an error code; what busybox's wget got is not known.
      json_value error "$oidc_text"
      [ -n "$oidc_value" ] || [ "$oidc_route" = busybox ] || oidc_outcome=strange
      ;;
    *) oidc_outcome=strange ;;
  esac
}

forget() {
  for oidc_file in request response headers; do
    [ ! -e "$oidc_private/$oidc_file" ] || set -- "$@" "$oidc_private/$oidc_file"
  done
  [ $# = 0 ] || rm -f "$@"
}

# The form of the token exchange (RFC 8693).
write_request() {
  {
    printf %s 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange'
    printf %s '&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aid_token'
    printf %s '&requested_token_type=urn%3Apulumi%3Atoken-type%3Aaccess_token%3A'
    urlencode "$oidc_type"
    printf %s '&audience=urn%3Apulumi%3Aorg%3A'
    urlencode "$oidc_organization"
    printf %s '&scope='
    urlencode "$oidc_scope"
    printf '&expiration=%s&subject_token=' "$oidc_expiration"
    urlencode "$oidc_subject_token"
  } >"$oidc_private/request"
  unset oidc_subject_token
}

# The kubelet renews the token: it is read anew for each exchange.
check_token_file() {
  oidc_subject_token=''
  if [ ! -s "$oidc_token_file" ]; then
    wrong_setup "TOKEN_MISSING: no token in $oidc_token_file. Fix: mount the projected service account token there"
    return 1
  fi
  read -r oidc_subject_token <"$oidc_token_file" || :
  case $oidc_subject_token in *.*.*) return 0 ;; esac
  wrong_setup "TOKEN_MALFORMED: $oidc_token_file holds no JSON Web Token. Fix: mount the projected service account token there"
  return 1
}

# A text as a value of a form: byte by byte, where there is something to encode.
urlencode() {
  case $1 in *[!A-Za-z0-9._~-]*) ;; *) printf %s "$1"; return ;; esac
  oidc_rest=$1
  while [ -n "$oidc_rest" ]; do
    oidc_tail=${oidc_rest#?}
    oidc_byte=${oidc_rest%"$oidc_tail"}
    oidc_rest=$oidc_tail
    case $oidc_byte in
      [A-Za-z0-9._~-]) printf %s "$oidc_byte" ;;
      # Some shells give bytes above 127 a sign.
      *) printf '%%%02X' "$(($(printf %d "'$oidc_byte") & 255))" ;;
    esac
  done
}

request_with_curl() {
  : >"$oidc_private/headers"
  curl --silent --show-error --connect-timeout 10 --max-time 30 --max-filesize 1048576 \
    --data "@$oidc_private/request" --dump-header "$oidc_private/headers" --output "$oidc_private/response" \
    "$oidc_api/api/oauth/token" 2>"$oidc_private/answer" || oidc_status=000
  if [ "$oidc_status" = 000 ]; then
    slurp "$oidc_private/answer"
    return
  fi
  read_headers "$oidc_private/headers"
  slurp "$oidc_private/response"
}

request_with_wget() {
  set -- --post-file="$oidc_private/request" --output-document="$oidc_private/response" "$oidc_api/api/oauth/token"
  [ -z "$oidc_bundle" ] || set -- --ca-certificate="$oidc_bundle" "$@"
  wget --no-config --no-verbose --server-response --content-on-error --tries=1 --max-redirect=0 --timeout=30 "$@" \
    2>"$oidc_private/answer" || :
  read_headers "$oidc_private/answer"
  if [ -n "$oidc_status" ]; then slurp "$oidc_private/response"; else slurp "$oidc_private/answer"; fi
}

request_with_busybox() {
  [ "$oidc_probed" = yes ] || probe_with_busybox || return 0
  wget -S ${oidc_timeout:+-T "$oidc_timeout"} -Y off -O "$oidc_private/response" --post-file "$oidc_private/request" "$oidc_api/api/oauth/token" \
    2>"$oidc_private/answer" || :
  read_headers "$oidc_private/answer"
  if [ "$oidc_status" = 200 ]; then slurp "$oidc_private/response"; else slurp "$oidc_private/answer"; fi
}

# busybox's wget may not check certificates, follows redirects with the body, and speaks to a proxy in the clear. The token
# is not sent before a request without it has shown that none of that will happen.
probe_with_busybox() {
  api_proxy
  if [ -n "$oidc_proxy" ]; then
    wrong_setup "PROXY_UNSUPPORTED: this image's wget (busybox) can't reach $oidc_api through the proxy $oidc_proxy. Fix: use an image with curl, GNU wget or the Pulumi CLI, or add the API's host to NO_PROXY"
    return 1
  fi
  wget -S ${oidc_timeout:+-T "$oidc_timeout"} -Y off -O "$oidc_private/response" "$oidc_api/api/oauth/token" 2>"$oidc_private/answer" || :
  slurp "$oidc_private/answer"
  case $oidc_text in
    *'certificate validation not implemented'*)
      wrong_setup "TLS_UNVERIFIED: this image's wget (busybox) does not check certificates, so it gets no token to send. Fix: use an image with curl, GNU wget or the Pulumi CLI, or with a helper of its wget: ssl_client (Alpine) or openssl"
      ;;
    *' 30'[0-9]' '* | *[Ll]'ocation: '*) oidc_status=300 ;;
    *'HTTP/1'*) oidc_probed=yes ; oidc_text='' ; return 0 ;;
  esac
  return 1
}

# Status, Date and Retry-After of the last answer among the headers or messages in a file.
read_headers() {
  oidc_cr=$(printf '\r')
  while IFS= read -r oidc_line || [ -n "$oidc_line" ]; do
    oidc_line=${oidc_line%"$oidc_cr"}
    case $oidc_line in
      *HTTP/[12]*' '[0-9][0-9][0-9]*)
        oidc_status=${oidc_line#*HTTP/[12]*' '}
        oidc_status=${oidc_status%"${oidc_status#???}"}
        oidc_date='' oidc_retry_after=0
        ;;
      *[Dd]ate:\ *) case ${oidc_line%%:*} in *-*) ;; *) oidc_date=${oidc_line#*: } ;; esac ;;
      *[Rr]etry-[Aa]fter:\ [0-9]*)
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
    *'response 403'* | *'code 403 from proxy'* | *'": Forbidden'* | *'tunneling failed: Forbidden'*) oidc_outcome=proxy oidc_cause=forbidden ;;
    *'CONNECT tunnel failed'* | *'from proxy after CONNECT'* | *'Proxy tunneling failed'* | *'": Bad Gateway'* | *'": Service Unavailable'* | *'": Gateway Timeout'*) oidc_cause=proxy ;;
    *proxyconnect* | *'resolve proxy'*) oidc_cause=proxy ;;
    *'not resolve'* | *'no such host'* | *'unable to resolve'* | *'bad address'* | *' lookup '* | *'name resolution'*) oidc_cause=name ;;
    *nreachable* | *'No route'* | *'imed out'* | *timeout* | *'deadline exceeded'*) oidc_cause=network ;;
    *' reset '* | *SYSCALL* | *EOF*) oidc_cause=other ;;
    *x509* | *ertificate* | *SSL* | *' tls: '* | *TLS*) oidc_outcome=tls oidc_cause=tls ;;
    *'onnection refused'* | *'connect to server'*) oidc_cause=refused ;;
    *) oidc_cause=other ;;
  esac
}
