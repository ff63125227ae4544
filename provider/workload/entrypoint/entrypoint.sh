#!/bin/sh
# Exchanges this pod's projected service account token for a Pulumi access token, runs the command it was given, and
# keeps the access token fresh while the command runs.
#
# POSIX sh; needs the Pulumi CLI or curl, and nothing it would have to install. No token is ever an argument, an
# output or in a file that others can read. Writes below OIDC_RUNNER_PRIVATE_DIR alone, a volume in memory.
#
# The command finds the token where it looks for it: in the CLI's stored login where the image has a CLI, otherwise in
# PULUMI_ACCESS_TOKEN (the first one) and, always fresh, in the file that OIDC_RUNNER_ACCESS_TOKEN_FILE names.
#
# Besides what the pod template sets:
#   OIDC_RUNNER_ADMIN=true              an organization token of an administrator (the CLI can't ask for it, curl can)
#   OIDC_RUNNER_GOOGLE_IDENTITY=EMAIL   wait until Google's metadata server knows this pod by that account, or by that
#                                       pool (PROJECT.svc.id.goog), 60 s at most
#                                       (GCE_METADATA_HOST: another host than metadata.google.internal)
#   OIDC_RUNNER_TIMEOUT_SECONDS         longest time of one exchange, default 30
#   OIDC_RUNNER_RETRY_SECONDS           wait before the second try, default 1; doubled for each further one, up to 30 times
#                                       this. None begins later than 300 times this after the first while Pulumi Cloud
#                                       says that it is busy or fails, 45 times while it does not answer (the metadata
#                                       server: 60 times)
#
# Exit codes (sysexits.h): 75 Pulumi Cloud not reachable or failing, 77 token refused, 78 wrongly set up; otherwise the
# command's own, 128 and the signal's number when a signal ended it. TERM, INT and QUIT reach every process of the
# container, which ends when they have.
set -eu
oidc_umask=$(umask)
umask 077
# Tools speak one language, and a character is a byte; the command gets its own back.
oidc_locale=${LC_ALL-}
LC_ALL=C
export LC_ALL

say() { printf 'oidc-runner: %s\n' "$*"; }
fail() { oidc_code=$1; shift; say "$@" >&2; exit "$oidc_code"; }
missing() { fail 78 "SETTING_MISSING: the environment variable $1 is not set. Fix: start the pod as the runner makes it"; }
invalid() { fail 78 "SETTING_INVALID: $1 can't be '$2'. Fix: $3"; }

# shellcheck disable=SC2317
stop_early() { dismiss; exit "$1"; }

# Every variable in these scripts begins with oidc_: any other could be one of the command's environment.
case $0 in */*) oidc_here=${0%/*} ;; *) oidc_here=. ;; esac
oidc_private=${OIDC_RUNNER_PRIVATE_DIR:-}
oidc_token_file=${OIDC_RUNNER_TOKEN_FILE:-}
oidc_api=${PULUMI_BACKEND_URL:-}
oidc_api=${oidc_api%/}
oidc_organization=${OIDC_RUNNER_ORGANIZATION:-}
oidc_type=${OIDC_RUNNER_TOKEN_TYPE:-}
oidc_owner=${OIDC_RUNNER_TOKEN_OWNER:-}
oidc_admin=${OIDC_RUNNER_ADMIN:-false}
oidc_expiration=${OIDC_RUNNER_EXPIRATION_SECONDS:-}
[ -n "$oidc_private" ] || missing OIDC_RUNNER_PRIVATE_DIR
[ -n "$oidc_token_file" ] || missing OIDC_RUNNER_TOKEN_FILE
[ -n "$oidc_api" ] || missing PULUMI_BACKEND_URL
[ -n "$oidc_organization" ] || missing OIDC_RUNNER_ORGANIZATION
[ -n "$oidc_type" ] || missing OIDC_RUNNER_TOKEN_TYPE
[ -n "$oidc_expiration" ] || missing OIDC_RUNNER_EXPIRATION_SECONDS
case $oidc_expiration in *[!0-9]* | 0*) invalid OIDC_RUNNER_EXPIRATION_SECONDS "$oidc_expiration" "give whole seconds" ;; esac
case $oidc_admin:$oidc_type in
  true:organization | false:*) ;;
  true:*) invalid OIDC_RUNNER_ADMIN true "leave it out: only a token of type organization can be an administrator's" ;;
  *) invalid OIDC_RUNNER_ADMIN "$oidc_admin" "give true or false" ;;
esac
case $oidc_type in
  team) oidc_scope=team:$oidc_owner ;;
  personal) oidc_scope=user:$oidc_owner ;;
  runner) oidc_scope=runner:$oidc_owner ;;
  *) oidc_scope='' ;;
esac
[ "$oidc_admin" = false ] || oidc_scope='admin'

# shellcheck source-path=SCRIPTDIR source=environment.sh disable=SC1091
. "$oidc_here/environment.sh"
# shellcheck source-path=SCRIPTDIR source=retry.sh disable=SC1091
. "$oidc_here/retry.sh"
# shellcheck source-path=SCRIPTDIR source=exchange.sh disable=SC1091
. "$oidc_here/exchange.sh"
# shellcheck source-path=SCRIPTDIR source=direct.sh disable=SC1091
. "$oidc_here/direct.sh"
# shellcheck source-path=SCRIPTDIR source=login.sh disable=SC1091
. "$oidc_here/login.sh"
# shellcheck source-path=SCRIPTDIR source=command.sh disable=SC1091
. "$oidc_here/command.sh"

[ -d "$oidc_private" ] || mkdir -p "$oidc_private"
# A container that was restarted finds the last one's token; it is not fresh.
[ ! -e "$oidc_private/access-token" ] || rm -f "$oidc_private/access-token"
trap forget EXIT
: "${PULUMI_CREDENTIALS_PATH:=$oidc_private}"
# A slash at the end would be doubled by the CLI.
PULUMI_BACKEND_URL=$oidc_api
export PULUMI_CREDENTIALS_PATH PULUMI_BACKEND_URL
# As the first process of a container it would not hear these without a trap.
trap 'stop_early 143' TERM
trap 'stop_early 130' INT
trap 'stop_early 131' QUIT
share_proxy_settings
trust_private_ca
if [ -n "${PULUMI_ACCESS_TOKEN:-}" ]; then
  say "PULUMI_ACCESS_TOKEN is set in this pod and not used: the pod gets a token of its own" >&2
  unset PULUMI_ACCESS_TOKEN
fi
oidc_has_cli=no
! command -v pulumi >/dev/null 2>&1 || oidc_has_cli=yes
check_token_file || fail 78 "$oidc_problem"
unset oidc_subject_token
ticks
oidc_started=$oidc_ticks
if ! exchange_with_retries; then
  # shellcheck source-path=SCRIPTDIR source=failure.sh disable=SC1091
  . "$oidc_here/failure.sh"
  # The redirection of a function starts no other shell: the exit code stays here.
  explain_failure >"$oidc_private/failure"
  cat "$oidc_private/failure" >&2
  [ "$oidc_outcome" != refused ] || leave_message "$oidc_private/failure"
  exit "$oidc_code"
fi
hand_over
ticks
say "exchanged this pod's token for a token of type $oidc_type of organization $oidc_organization in $(((oidc_ticks - oidc_started) * 10)) ms; it expires $oidc_expires"
if [ -n "${OIDC_RUNNER_GOOGLE_IDENTITY:-}" ]; then
  # shellcheck source-path=SCRIPTDIR source=google-metadata.sh disable=SC1091
  . "$oidc_here/google-metadata.sh"
  await_google_identity
fi
# Without a CLI there is no stored login to find the token by.
if [ "$oidc_has_cli" = no ]; then
  PULUMI_ACCESS_TOKEN=$oidc_access_token
  export PULUMI_ACCESS_TOKEN
fi
run_command "$@"
exit "$oidc_code"
