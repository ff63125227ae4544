# Explains a refused token: Pulumi Cloud does not say which rule refused it, so the token's claims are compared with what
# this runner's policy expects (OIDC_RUNNER_EXPECTED).
# shellcheck shell=sh disable=SC2034,SC2154

# Clocks that differ by less, in seconds, are not taken for wrong.
oidc_leeway=60

# Prints what is expected of something, a line each.
expectation() {
  printf '%s\n' "$OIDC_RUNNER_EXPECTED" | sed -n "s/^$1=//p"
}

explain_refusal() {
  oidc_issuer=$(expectation iss) oidc_subject=$(expectation sub) oidc_audience=$(expectation aud)
  oidc_payload=$(token_part 2 | tr -d '\000-\037' | sed 's,\\/,/,g')
  oidc_header=$(token_part 1 | tr -d '\000-\037')
  oidc_difference=''
  oidc_target="type $oidc_type${oidc_owner:+ ($oidc_owner)}"
  [ "$oidc_admin" = false ] || oidc_target="$oidc_target (administrator)"
  json_value error "$oidc_text"
  oidc_error=$oidc_value
  json_value error_description "$oidc_text"
  oidc_words=$oidc_value
  say "REFUSED: Pulumi Cloud did not accept this pod's token for a token of $oidc_target of organization $oidc_organization."
  say "This runner's rules:"
  expectation rule | sed 's/^/oidc-runner:   /'
  say "The token's claims (no credential without their signature):"
  say "  $(printf %s "$oidc_payload" | redact)"
  say "To evaluate the issuer's auth policy for them, each in a file:"
  say "  oidc-runner explain --relying-party pulumi --policy POLICY.json --claims CLAIMS.json --token-type $oidc_type${oidc_owner:+ --${oidc_scope%%:*} $oidc_owner}"
  # What follows comes last because Kubernetes keeps the end of the log, 2 KiB, as the container's message.
  say "Pulumi Cloud does not say why it refused. Expected by this runner's policy, and found in the token:"
  compare iss "$oidc_issuer" "$(text_claim iss)"
  compare sub "$oidc_subject" "$(text_claim sub)"
  compare_audience "$oidc_audience" "$(audience_claim)"
  compare_times
  oidc_algorithm=$(printf '%s,' "$oidc_header" | text_value alg)
  case $oidc_algorithm in
    RS256 | RS384 | RS512 | PS256 | PS384 | PS512 | ES256 | ES384 | ES512 | EdDSA | Ed25519) say "  ok       alg  $oidc_algorithm" ;;
    *) compare alg "a signature by the issuer's key, such as RS256" "$oidc_algorithm" ;;
  esac
  explain_cause
}

# What the container's message, and so `pulumi up`, says of a refusal: cause and fix first, then what was compared. The token's
# claims are in the log alone, whose end would otherwise be the message. The kubelet makes the file
# (kubernetes/kubernetes at v1.34.0, pkg/kubelet/kuberuntime/kuberuntime_container.go, makeMounts).
leave_message() {
  [ -w /dev/termination-log ] || return 0
  {
    sed -n '/^oidc-runner: REFUSED:/p' "$1"
    sed -n '/^oidc-runner: Cause:/,$p' "$1"
    sed -n '/^oidc-runner: Pulumi Cloud does not say why/,/^oidc-runner: Cause:/{/^oidc-runner: Cause:/!p;}' "$1"
  } >/dev/termination-log
}

# Header (1) or payload (2) of the token as JSON. The signature (3) is never read, so nothing printed can be replayed.
token_part() {
  oidc_part=$(cut -d . -f "$1" <"$oidc_token_file" | tr -d '\r\n' | tr -- '-_' '+/')
  case $((${#oidc_part} % 4)) in 2) oidc_part=$oidc_part== ;; 3) oidc_part=$oidc_part= ;; esac
  printf %s "$oidc_part" | base64 -d 2>/dev/null || :
}

# The last one of a name counts: names of nested objects come before, in the tokens of Kubernetes.
text_value() { sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p'; }
text_claim() { printf '%s,' "$oidc_payload" | text_value "$1"; }
number_claim() { printf '%s,' "$oidc_payload" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*\([0-9][0-9]*\).*/\1/p'; }
# One text, or a list of them with commas between.
audience_claim() {
  oidc_list=$(printf '%s,' "$oidc_payload" | sed -n 's/.*"aud"[[:space:]]*:[[:space:]]*\[\([^]]*\)\].*/\1/p' | tr -d '" ')
  if [ -n "$oidc_list" ]; then printf '%s\n' "$oidc_list"; else text_claim aud; fi
}

# One line for a claim; the first that differs is the cause.
compare() {
  if [ "$2" = "$3" ]; then
    say "  ok       $1  $3"
  else
    oidc_difference=${oidc_difference:-$1}
    say "  DIFFERS  $1  expected: $2"
    say "           $1  got:      ${3:-(none)}"
  fi
}

# A token may be for several audiences; one of them must be the expected one.
compare_audience() {
  case ,$2, in *",$1,"*) say "  ok       aud  $2" ;; *) compare aud "$1" "$2" ;; esac
}

# Pulumi Cloud's own clock, from its Date header: the one that decides whether a token has expired. Empty if unknown.
cloud_clock() {
  if [ -z "$oidc_date" ]; then
    curl -q --silent --head --max-time 5 "$oidc_api" >"$oidc_private/headers" 2>/dev/null || :
    read_headers "$oidc_private/headers"
    forget
  fi
  # Sat, 21 Nov 2026 12:42:27 GMT
  # shellcheck disable=SC2086
  set -- $oidc_date
  case $#:${3:-}:${5:-} in 6:[A-Z][a-z][a-z]:[0-9][0-9]:[0-9][0-9]:[0-9][0-9]) ;; *) return 0 ;; esac
  oidc_month=JanFebMarAprMayJunJulAugSepOctNovDec
  oidc_month=${oidc_month%"$3"*}
  oidc_month=$((100 + ${#oidc_month} / 3 + 1))
  epoch "$4-${oidc_month#1}-$2 $5"
}

compare_times() {
  oidc_expiry=$(number_claim exp)
  oidc_starts=$(number_claim nbf)
  oidc_now=$(cloud_clock)
  oidc_pod=$(date -u +%s)
  if [ -z "$oidc_expiry" ]; then
    compare exp "a time in the future" ""
    return
  fi
  if [ -n "$oidc_now" ] && [ "$oidc_expiry" -le "$oidc_now" ]; then
    compare exp "later than $oidc_now, Pulumi Cloud's clock" "$oidc_expiry, $((oidc_now - oidc_expiry)) s too early; this pod's clock says $oidc_pod"
  elif [ "$oidc_expiry" -le "$oidc_pod" ] && [ -z "$oidc_now" ]; then
    compare exp "later than $oidc_pod, this pod's clock" "$oidc_expiry, $((oidc_pod - oidc_expiry)) s too early"
  else
    say "  ok       exp  $oidc_expiry, $((oidc_expiry - ${oidc_now:-$oidc_pod})) s from now"
  fi
  if [ -n "$oidc_starts" ] && [ "$oidc_starts" -gt $((${oidc_now:-$oidc_pod} + oidc_leeway)) ]; then
    oidc_whose='Pulumi Cloud'
    [ -n "$oidc_now" ] || oidc_whose='this pod'
    compare nbf "not later than ${oidc_now:-$oidc_pod}, $oidc_whose's clock" "$oidc_starts, $((oidc_starts - ${oidc_now:-$oidc_pod})) s too late; this pod's clock says $oidc_pod"
  fi
}

# One line for what can't be told from inside the pod.
unknown() {
  say "  UNKNOWN  $1  expected: $2"
  say "           $1  got:      $3"
}

explain_cause() {
  [ -z "$oidc_words" ] || say "Pulumi Cloud's words: $(printf %s "$oidc_words" | redact)"
  # Seen for a wrong name and perhaps for an organization without trust (VilnaCRM-Org/bootstrap-infrastructure); no other
  # description is known to tell causes apart.
  case $oidc_words in
    'invalid organization'*)
      say "Cause: Pulumi Cloud does not accept organization $oidc_organization: it does not exist under this name, or trusts no issuer. Fix: check 'organization' of the runner, and that issuer $oidc_issuer is registered in it."
      return
      ;;
  esac
  case $oidc_difference in
    iss) say "Cause: the token was issued by another cluster. Fix: give the runner the cluster it runs on ('cluster')." ;;
    sub) say "Cause: the pod runs as another service account or in another namespace than the policy names. Fix: start it with the runner's own ServiceAccount." ;;
    aud) say "Cause: the token was requested for another audience. Fix: project a token with audience $oidc_audience." ;;
    exp | nbf) explain_times ;;
    alg) say "Cause: the token is not signed by the cluster. Fix: use the projected token, not one from elsewhere." ;;
    *) explain_unknown ;;
  esac
}

# A token that is valid by this pod's clock, and not by Pulumi Cloud's, shows clocks that differ.
explain_times() {
  if [ "$oidc_difference" = exp ] && [ "$oidc_expiry" -le "$oidc_pod" ]; then
    say "Cause: the token has expired. Fix: use the projected token, which the kubelet renews, and read its file again for each exchange."
  elif [ -z "$oidc_now" ] || [ $(((oidc_now - oidc_pod) * (oidc_now - oidc_pod))) -le $((oidc_leeway * oidc_leeway)) ]; then
    say "Cause: the token is not valid yet: the clock of the cluster that issued it is ahead. Fix: set the clocks of the cluster's control plane (NTP)."
  elif [ "$oidc_now" -gt "$oidc_pod" ]; then
    say "Cause: the clocks differ: Pulumi Cloud's is $((oidc_now - oidc_pod)) s ahead of this pod's, so the token has expired there. Fix: set the clocks of the cluster's nodes and control plane (NTP)."
  else
    say "Cause: the clocks differ: Pulumi Cloud's is $((oidc_pod - oidc_now)) s behind this pod's, so the token is not valid yet there. Fix: set the clocks of the cluster's nodes and control plane (NTP)."
  fi
}

# Every claim is right: what is left can only be seen outside the pod. Refusals are answered with 400 whatever their cause
# (seen for a policy that allows nothing, and for an unknown organization), and no error code is known to tell causes apart.
explain_unknown() {
  unknown signature "by a current key of $oidc_issuer, registered as issuer in organization $oidc_organization" \
    "$oidc_algorithm by key id $(printf '%s,' "$oidc_header" | text_value kid), which this pod can't check"
  unknown policy "an allow for a token of $oidc_target that matches the rules above, and no deny that matches" "${oidc_error:-no error code}"
  say "Cause: one of these; Pulumi Cloud's answer does not tell which."
  oidc_number=0
  case $oidc_type:$oidc_admin in
    team:*) likely "Organization $oidc_organization has no team $oidc_owner, or its edition of Pulumi Cloud has no teams." "compare 'accessToken' (team) with the names of the organization's teams, capitals too." ;;
    personal:*) likely "Organization $oidc_organization has no member $oidc_owner." "compare 'accessToken' (personal) with the user names of the organization's members." ;;
    runner:*) likely "Organization $oidc_organization has no pool $oidc_owner, or its edition of Pulumi Cloud has no customer-managed runners." "compare 'accessToken' (runner) with the ids of the organization's pools." ;;
    *:true) likely "The edition of organization $oidc_organization has no such administrators, or does not let policies make them." "ask for a token with a role ('accessToken')." ;;
  esac
  likely "The auth policy of issuer $oidc_issuer has no allow for a token of $oidc_target with these claims (the runner writes one), its role does not exist, or it has a deny that matches them." "add the allow or remove the deny (for another token type it does not count), correct the role, then run 'pulumi up' again."
  likely "The token was changed, its key is no longer the issuer's, or organization $oidc_organization has no issuer of exactly this URL." "use the token as the cluster projects it, and compare the URL and the keys of the registered issuer with the cluster's."
}

likely() {
  oidc_number=$((oidc_number + 1))
  say "  ($oidc_number) $1"
  say "      Fix: $2"
}
