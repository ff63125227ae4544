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

HERE=$(dirname "$0")
PRIVATE=${OIDC_RUNNER_PRIVATE_DIR:?}
TOKEN_FILE=${OIDC_RUNNER_TOKEN_FILE:?}
API=${PULUMI_BACKEND_URL:?}
ORGANIZATION=${OIDC_RUNNER_ORGANIZATION:?}
TOKEN_TYPE=${OIDC_RUNNER_TOKEN_TYPE:?}
SUBJECT_OF_TOKEN=${OIDC_RUNNER_TOKEN_OWNER:-}
EXPIRATION=${OIDC_RUNNER_EXPIRATION_SECONDS:?}

say() { printf 'oidc-runner: %s\n' "$*"; }
fail() { code=$1; shift; say "$@" >&2; exit "$code"; }

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
audience_claim() {
  printf '%s,' "$PAYLOAD" | sed -n 's/.*"aud"[[:space:]]*:[[:space:]]*\[\{0,1\}[[:space:]]*\("[^]}]*"\).*/\1/p' |
    sed 's/"[[:space:]]*,[[:space:]]*"[a-z]*"[[:space:]]*:.*//; s/"//g' | head -n 1
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
}

explain_refusal() {
  EXPECTED_ISSUER=$(sed -n 's/^iss=//p' "$HERE/expected")
  EXPECTED_SUBJECT=$(sed -n 's/^sub=//p' "$HERE/expected")
  EXPECTED_AUDIENCE=$(sed -n 's/^aud=//p' "$HERE/expected")
  PAYLOAD=$(token_part 2 | tr -d '\r\n')
  HEADER=$(token_part 1 | tr -d '\r\n')
  DIFFERENCES=0 FIRST_DIFFERENCE=''
  say "REFUSED: Pulumi Cloud did not accept this pod's token for a token of type $TOKEN_TYPE${SUBJECT_OF_TOKEN:+ ($SUBJECT_OF_TOKEN)} of organization $ORGANIZATION."
  say "It does not say why; these are the token's claims beside what the policy of this runner expects:"
  compare iss "$EXPECTED_ISSUER" "$(string_claim iss)"
  compare sub "$EXPECTED_SUBJECT" "$(string_claim sub)"
  compare aud "$EXPECTED_AUDIENCE" "$(audience_claim)"
  check_times
  algorithm=$(printf '%s,' "$HEADER" | sed -n 's/.*"alg"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p')
  case $algorithm in
    RS256 | RS384 | RS512 | PS256 | PS384 | PS512 | ES256 | ES384 | ES512 | EdDSA) say "  ok       alg  $algorithm (whether the signature is right, only the issuer's keys tell)" ;;
    *) compare alg "a signature by the issuer's key, such as RS256" "$algorithm" ;;
  esac
  case $FIRST_DIFFERENCE in
    iss) say "Cause: the token was issued by another cluster. Fix: give the runner the cluster it runs on ('cluster')." ;;
    sub) say "Cause: the pod runs as another service account or in another namespace than the policy names. Fix: start it with the runner's own ServiceAccount." ;;
    aud) say "Cause: the token was requested for another audience. Fix: project a token with audience $EXPECTED_AUDIENCE." ;;
    exp) say "Cause: the token has expired, or a clock is wrong. Fix: read the token file anew for each exchange and compare the clocks above." ;;
    alg) say "Cause: the token is not signed by the cluster. Fix: use the projected token, not one from elsewhere." ;;
    *)
      say "Every claim is as expected, so the cause is one of: (1) the auth policy of issuer $EXPECTED_ISSUER has a deny that matches, or no allow for token type $TOKEN_TYPE${SUBJECT_OF_TOKEN:+ ($SUBJECT_OF_TOKEN)};"
      say "(2) the signature is not by the issuer's current key: expected the token as projected by the cluster, got one that was changed or is signed by an older key."
      say "Fix: compare the issuer's auth policy with the rules below, then run 'pulumi up' again."
      ;;
  esac
  say "This runner's rules:"
  sed -n 's/^rule=/oidc-runner:   /p' "$HERE/expected"
  say "To evaluate the claims above against the issuer's policy: oidc-runner explain --relying-party pulumi --policy POLICY.json --claims CLAIMS.json --token-type $TOKEN_TYPE"
}

# What Pulumi Cloud said: its error code and text, which hold no token.
answer() { tr -d '\r\n' <"$PRIVATE/login.log" | sed 's/.*OIDC token exchange failed: *//' | cut -c 1-400; }

explain_failure() {
  if grep -Eq '"error"[[:space:]]*:[[:space:]]*"(server_error|temporarily_unavailable)"|HTTP status (429|5[0-9][0-9])|"code"[[:space:]]*:[[:space:]]*(429|5[0-9][0-9])' "$PRIVATE/login.log"; then
    fail 75 "CLOUD_FAILED: Pulumi Cloud at $API could not answer: $(answer). Fix: run the Job again later"
  fi
  if grep -Eq '"error"[[:space:]]*:|HTTP status 4|OIDC token exchange failed: *\{' "$PRIVATE/login.log"; then
    { say "Pulumi Cloud answered: $(answer)"; explain_refusal; } >&2
    exit 77
  fi
  fail 75 "CLOUD_UNREACHABLE: no answer from Pulumi Cloud at $API: $(answer). Fix: check that the pod's network reaches it, and its proxy and CA settings"
}

# --- Main ------------------------------------------------------------------------------------------------------------

[ -s "$TOKEN_FILE" ] || fail 78 "TOKEN_MISSING: no token in $TOKEN_FILE. Fix: mount the projected service account token there"
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
