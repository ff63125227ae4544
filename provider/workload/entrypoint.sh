#!/bin/sh
# Exchanges this pod's projected service account token for a Pulumi access token, then becomes the command it was given.
#
# POSIX sh; needs the Pulumi CLI (3.2xx or later for the native login) or curl, and nothing it would have to install.
# No token is ever an argument, an output or in a file that others can read.
#
# Exit codes (sysexits.h): 75 Pulumi Cloud not reachable or failing, 77 token refused, 78 wrongly set up; otherwise the
# command's own.
set -eu
umask 077

say() { printf 'oidc-runner: %s\n' "$*"; }
fail() { code=$1; shift; say "$@" >&2; exit "$code"; }
missing() { fail 78 "SETTING_MISSING: the environment variable $1 is not set. Fix: start the pod as the runner makes it"; }

HERE=$(dirname "$0")
PRIVATE=${OIDC_RUNNER_PRIVATE_DIR:-}
TOKEN_FILE=${OIDC_RUNNER_TOKEN_FILE:-}
API=${PULUMI_BACKEND_URL:-}
ORGANIZATION=${OIDC_RUNNER_ORGANIZATION:-}
TOKEN_TYPE=${OIDC_RUNNER_TOKEN_TYPE:-}
SUBJECT_OF_TOKEN=${OIDC_RUNNER_TOKEN_OWNER:-}
EXPIRATION=${OIDC_RUNNER_EXPIRATION_SECONDS:-}
[ -n "$PRIVATE" ] || missing OIDC_RUNNER_PRIVATE_DIR
[ -n "$TOKEN_FILE" ] || missing OIDC_RUNNER_TOKEN_FILE
[ -n "$API" ] || missing PULUMI_BACKEND_URL
[ -n "$ORGANIZATION" ] || missing OIDC_RUNNER_ORGANIZATION
[ -n "$TOKEN_TYPE" ] || missing OIDC_RUNNER_TOKEN_TYPE
[ -n "$EXPIRATION" ] || missing OIDC_RUNNER_EXPIRATION_SECONDS

# Hundredths of a second since boot: date(1) has no portable sub-second clock.
ticks() { read -r up _ </proc/uptime && printf '%s\n' "$up" | tr -d .; }

# A command must trust both the public authorities and the private one, so it gets a bundle of both.
trust_private_ca() {
  [ -s "$HERE/ca.crt" ] || return 0
  for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
    [ -r "$bundle" ] && cat "$bundle" && break
  done >"$PRIVATE/ca-bundle.crt"
  cat "$HERE/ca.crt" >>"$PRIVATE/ca-bundle.crt"
  SSL_CERT_FILE=$PRIVATE/ca-bundle.crt
  CURL_CA_BUNDLE=$SSL_CERT_FILE
  export SSL_CERT_FILE CURL_CA_BUNDLE
}

# Prints a value of a flat JSON string or number from standard input.
json_value() { sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\{0,1\}\([^",}]*\)"\{0,1\}[,}[:space:]].*/\1/p' | head -n 1; }

# --- Routes ----------------------------------------------------------------------------------------------------------

# 0: logged in. 1: refused or failed, answer in login.log. 2: this image's CLI has no native login.
login_with_cli() {
  [ "$TOKEN_TYPE" != runner ] && command -v pulumi >/dev/null 2>&1 || return 2
  set -- --oidc-token "file://$TOKEN_FILE" --oidc-org "$ORGANIZATION" --oidc-expiration "${EXPIRATION}s"
  case $TOKEN_TYPE in
    team) set -- "$@" --oidc-team "$SUBJECT_OF_TOKEN" ;;
    personal) set -- "$@" --oidc-user "$SUBJECT_OF_TOKEN" ;;
  esac
  if pulumi login "$API" "$@" --non-interactive >"$PRIVATE/login.log" 2>&1; then
    EXPIRES=$(tr -d '\n' <"$PULUMI_CREDENTIALS_PATH/credentials.json" | json_value expiresAt)
    return 0
  fi
  grep -q 'unknown flag: --oidc' "$PRIVATE/login.log" && return 2
  return 1
}

# The same by one request. The token goes from its file into the body, never through an argument.
login_with_curl() {
  command -v curl >/dev/null 2>&1 ||
    fail 78 "TOOL_MISSING: the image has neither a Pulumi CLI with 'login --oidc-token' nor curl. Fix: use an image with one of them, such as pulumi/pulumi"
  case $TOKEN_TYPE in
    team) scope=team:$SUBJECT_OF_TOKEN ;;
    personal) scope=user:$SUBJECT_OF_TOKEN ;;
    runner) scope=runner:$SUBJECT_OF_TOKEN ;;
    *) scope= ;;
  esac
  status=$(curl --silent --show-error --retry 3 --max-time 30 --output "$PRIVATE/response.json" --write-out '%{http_code}' \
    --data-urlencode 'grant_type=urn:ietf:params:oauth:grant-type:token-exchange' \
    --data-urlencode "audience=urn:pulumi:org:$ORGANIZATION" \
    --data-urlencode 'subject_token_type=urn:ietf:params:oauth:token-type:id_token' \
    --data-urlencode "subject_token@$TOKEN_FILE" \
    --data-urlencode "requested_token_type=urn:pulumi:token-type:access_token:$TOKEN_TYPE" \
    --data-urlencode "scope=$scope" \
    --data-urlencode "expiration=$EXPIRATION" \
    "${API%/}/api/oauth/token" 2>"$PRIVATE/login.log") || status=000
  if [ "$status" != 200 ]; then
    { printf 'HTTP status %s: ' "$status"; cat "$PRIVATE/response.json" 2>/dev/null || :; } >>"$PRIVATE/login.log"
    return 1
  fi
  PULUMI_ACCESS_TOKEN=$(json_value access_token <"$PRIVATE/response.json")
  EXPIRES="in $(json_value expires_in <"$PRIVATE/response.json") s"
  rm -f "$PRIVATE/response.json"
  [ -n "$PULUMI_ACCESS_TOKEN" ] || fail 75 "RESPONSE_INVALID: $API answered 200 without an access token. Fix: check that PULUMI_BACKEND_URL is Pulumi Cloud's API"
  export PULUMI_ACCESS_TOKEN
}

# --- Explaining a refusal --------------------------------------------------------------------------------------------

# Header (1) or payload (2) of the token as JSON. The signature (3) is never read, so nothing printed can be replayed.
token_part() {
  part=$(cut -d . -f "$1" <"$TOKEN_FILE" | tr -d '\r\n' | tr -- '-_' '+/')
  case $((${#part} % 4)) in 2) part=$part== ;; 3) part=$part= ;; esac
  printf %s "$part" | base64 -d 2>/dev/null || :
}

string_claim() { printf '%s,' "$PAYLOAD" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' | head -n 1; }
number_claim() { printf '%s,' "$PAYLOAD" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*\([0-9][0-9]*\).*/\1/p' | head -n 1; }
# One text, or a list of them with commas between.
audience_claim() {
  list=$(printf '%s,' "$PAYLOAD" | sed -n 's/.*"aud"[[:space:]]*:[[:space:]]*\[\([^]]*\)\].*/\1/p' | tr -d '" ' | head -n 1)
  if [ -n "$list" ]; then printf '%s\n' "$list"; else string_claim aud; fi
}

# One line for a claim; counts what differs.
compare() {
  if [ "$2" = "$3" ]; then
    say "  ok       $1  $3"
  else
    DIFFERENCES=$((DIFFERENCES + 1))
    FIRST_DIFFERENCE=${FIRST_DIFFERENCE:-$1}
    say "  DIFFERS  $1  expected: $2"
    say "           $1  got:      ${3:-(none)}"
  fi
}

# A token may be for several audiences; one of them must be the expected one.
compare_audience() {
  case ,$2, in
    *",$1,"*) say "  ok       aud  $2" ;;
    *) compare aud "$1" "$2" ;;
  esac
}

# One line for what can't be told from inside the pod.
unknown() {
  say "  UNKNOWN  $1  expected: $2"
  say "           $1  got:      $3"
}

# Pulumi Cloud's own clock, from its Date header: the one that decides whether a token has expired.
cloud_clock() {
  command -v curl >/dev/null 2>&1 || return 0
  stamp=$(curl --silent --head --max-time 5 "$API" 2>/dev/null | tr -d '\r' | sed -n 's/^[Dd]ate: //p' | head -n 1)
  [ -z "$stamp" ] || date -u -d "$stamp" +%s 2>/dev/null || date -u -D '%a, %d %b %Y %T GMT' -d "$stamp" +%s 2>/dev/null || :
}

check_times() {
  expiry=$(number_claim exp)
  now=$(cloud_clock)
  here=$(date -u +%s)
  [ -n "$expiry" ] || { compare exp "a time in the future" ""; return; }
  if [ -n "$now" ] && [ "$expiry" -le "$now" ]; then
    compare exp "later than $now, Pulumi Cloud's clock" "$expiry, $((now - expiry)) s too early; this pod's clock says $here"
  elif [ "$expiry" -le "$here" ]; then
    compare exp "later than $here, this pod's clock" "$expiry, $((here - expiry)) s too early"
  else
    say "  ok       exp  $expiry, $((expiry - ${now:-$here})) s from now"
  fi
  starts=$(number_claim nbf)
  if [ -n "$starts" ] && [ -n "$now" ] && [ "$starts" -gt $((now + 60)) ]; then
    compare nbf "not later than $now, Pulumi Cloud's clock" "$starts, $((starts - now)) s too late; this pod's clock says $here"
  fi
}

explain_refusal() {
  EXPECTED_ISSUER=$(sed -n 's/^iss=//p' "$HERE/expected")
  EXPECTED_SUBJECT=$(sed -n 's/^sub=//p' "$HERE/expected")
  EXPECTED_AUDIENCE=$(sed -n 's/^aud=//p' "$HERE/expected")
  PAYLOAD=$(token_part 2 | tr -d '\000-\037' | sed 's,\\/,/,g')
  HEADER=$(token_part 1 | tr -d '\000-\037')
  DIFFERENCES=0 FIRST_DIFFERENCE=''
  TARGET="type $TOKEN_TYPE${SUBJECT_OF_TOKEN:+ ($SUBJECT_OF_TOKEN)}"
  say "REFUSED: Pulumi Cloud did not accept this pod's token for a token of $TARGET of organization $ORGANIZATION."
  say "This runner's rules:"
  sed -n 's/^rule=/oidc-runner:   /p' "$HERE/expected"
  say "The token's claims (no credential without their signature):"
  say "  $(printf %s "$PAYLOAD" | redact)"
  say "To evaluate the issuer's auth policy for them, each in a file:"
  say "  oidc-runner explain --relying-party pulumi --policy POLICY.json --claims CLAIMS.json --token-type $TOKEN_TYPE$(owner_flag)"
  # What follows comes last because Kubernetes keeps the end of the log, 2 KiB, as the container's message.
  say "Pulumi Cloud does not say why it refused. Expected by this runner's policy, and found in the token:"
  compare iss "$EXPECTED_ISSUER" "$(string_claim iss)"
  compare sub "$EXPECTED_SUBJECT" "$(string_claim sub)"
  compare_audience "$EXPECTED_AUDIENCE" "$(audience_claim)"
  check_times
  algorithm=$(header_value alg)
  case $algorithm in
    RS256 | RS384 | RS512 | PS256 | PS384 | PS512 | ES256 | ES384 | ES512 | EdDSA | Ed25519) say "  ok       alg  $algorithm" ;;
    *) compare alg "a signature by the issuer's key, such as RS256" "$algorithm" ;;
  esac
  explain_cause
}

header_value() { printf '%s,' "$HEADER" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p'; }

owner_flag() {
  case $TOKEN_TYPE in
    team) printf ' --team %s' "$SUBJECT_OF_TOKEN" ;;
    personal) printf ' --user %s' "$SUBJECT_OF_TOKEN" ;;
    runner) printf ' --runner %s' "$SUBJECT_OF_TOKEN" ;;
  esac
}

explain_cause() {
  case $FIRST_DIFFERENCE in
    iss) say "Cause: the token was issued by another cluster. Fix: give the runner the cluster it runs on ('cluster')." ;;
    sub) say "Cause: the pod runs as another service account or in another namespace than the policy names. Fix: start it with the runner's own ServiceAccount." ;;
    aud) say "Cause: the token was requested for another audience. Fix: project a token with audience $EXPECTED_AUDIENCE." ;;
    exp) say "Cause: the token has expired, or a clock is wrong. Fix: read the token file anew for each exchange and compare the clocks above." ;;
    nbf) say "Cause: the token is not valid yet, or a clock is wrong. Fix: compare the clocks above and set the wrong one." ;;
    alg) say "Cause: the token is not signed by the cluster. Fix: use the projected token, not one from elsewhere." ;;
    *) explain_unknown ;;
  esac
}

# Every claim is right: what is left can only be seen outside the pod. The error code, where the service gives one of
# RFC 6749, tells which of the two is more likely.
explain_unknown() {
  error=$(json_value error <"$PRIVATE/login.log")
  unknown signature "by a current key of $EXPECTED_ISSUER, registered as issuer in organization $ORGANIZATION" \
    "$algorithm by key id $(header_value kid), which this pod can't check"
  unknown policy "an allow for a token of $TARGET that matches the rules above, and no deny that matches" \
    "${error:-no error code}"
  case $error in
    access_denied) say "Cause: most likely (1), the policy; perhaps (2)." ;;
    invalid_grant) say "Cause: most likely (2), the signature or the issuer; perhaps (1)." ;;
    *) say "Cause: (1) or (2)." ;;
  esac
  say "  (1) The auth policy of issuer $EXPECTED_ISSUER has no allow for a token of $TARGET with these claims, or it has a deny that matches them."
  say "      Fix: add the allow or remove the deny (for another token type it does not count), then run 'pulumi up' again."
  say "  (2) The token was changed, its key is no longer the issuer's, or organization $ORGANIZATION has no issuer of exactly this URL."
  say "      Fix: use the token as the cluster projects it, and compare the URL and the keys of the registered issuer with the cluster's."
}

# Takes out whatever has the form of a token: a proxy or a debugging server may echo what it was sent.
redact() { sed 's/eyJ[A-Za-z0-9_=-]*\(\.[A-Za-z0-9_=-]*\)*/(token)/g; s/pul-[0-9a-f]\{8,\}/(token)/g'; }

# What Pulumi Cloud said: its error code and text.
answer() { tr -d '\r\n' <"$PRIVATE/login.log" | sed 's/.*OIDC token exchange failed: *//' | redact | cut -c 1-400; }

explain_failure() {
  if grep -Eq '"error"[[:space:]]*:[[:space:]]*"(server_error|temporarily_unavailable)"|HTTP status (429|5[0-9][0-9])|"code"[[:space:]]*:[[:space:]]*(429|5[0-9][0-9])|\[(429|5[0-9][0-9])\]' "$PRIVATE/login.log"; then
    fail 75 "CLOUD_FAILED: Pulumi Cloud at $API could not answer: $(answer). Fix: run the Job again later"
  fi
  if grep -Eq '"error"[[:space:]]*:[[:space:]]*"|HTTP status 40[013]|"code"[[:space:]]*:[[:space:]]*4' "$PRIVATE/login.log"; then
    { say "Pulumi Cloud answered: $(answer)"; explain_refusal; } >&2
    exit 77
  fi
  if grep -Eq 'HTTP status 000|(Get|Post|Head) "http' "$PRIVATE/login.log"; then
    fail 75 "CLOUD_UNREACHABLE: no answer from Pulumi Cloud at $API: $(answer). Fix: check that the pod's network reaches it, and its proxy and CA settings"
  fi
  fail 75 "RESPONSE_INVALID: $API did not answer as Pulumi Cloud does: $(answer). Fix: check that PULUMI_BACKEND_URL is Pulumi Cloud's API, and that no proxy answers in its place"
}

# --- Main ------------------------------------------------------------------------------------------------------------

[ -s "$TOKEN_FILE" ] || fail 78 "TOKEN_MISSING: no token in $TOKEN_FILE. Fix: mount the projected service account token there"
read -r first <"$TOKEN_FILE" || :
case $first in
  *.*.*) unset first ;;
  *) fail 78 "TOKEN_MALFORMED: $TOKEN_FILE holds no JSON Web Token. Fix: mount the projected service account token there" ;;
esac
mkdir -p "$PRIVATE"
trust_private_ca
EXPIRES=''
started=$(ticks)
route=0
login_with_cli || route=$?
if [ "$route" = 2 ]; then
  route=0
  login_with_curl || route=$?
fi
[ "$route" = 0 ] || explain_failure
say "exchanged this pod's token for a token of type $TOKEN_TYPE of organization $ORGANIZATION in $((($(ticks) - started) * 10)) ms; it expires ${EXPIRES:-after $EXPIRATION s}"
exec "$@"
