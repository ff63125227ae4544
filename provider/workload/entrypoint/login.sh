# The access token where the command finds it: in a file of its own, and in the CLI's stored login.
# shellcheck shell=sh disable=SC2034,SC2154

# A file is replaced as a whole: what reads it gets a whole token.
hand_over() {
  export OIDC_RUNNER_ACCESS_TOKEN_FILE="$oidc_private/access-token"
  printf '%s\n' "$oidc_access_token" >"$oidc_private/.access-token"
  mv -f "$oidc_private/.access-token" "$OIDC_RUNNER_ACCESS_TOKEN_FILE"
  [ "$oidc_has_cli" = yes ] && [ "$oidc_route" != cli ] || return 0
  # The stored login as the CLI writes it; it adds the user's name on first use.
  printf '{"current":"%s","accessTokens":{"%s":"%s"},"accounts":{"%s":{"accessToken":"%s"}}}\n' \
    "$oidc_api" "$oidc_api" "$oidc_access_token" "$oidc_api" "$oidc_access_token" >"$PULUMI_CREDENTIALS_PATH/.credentials"
  mv -f "$PULUMI_CREDENTIALS_PATH/.credentials" "$PULUMI_CREDENTIALS_PATH/credentials.json"
}

# The account of the API in the stored login, in oidc_account, and its access token in oidc_value: empty where there is none,
# or when a CLI is writing it at this moment, since it empties the file before.
read_account() {
  slurp "$PULUMI_CREDENTIALS_PATH/credentials.json"
  oidc_account=${oidc_text#*\"accounts\"}
  case $oidc_account in *"\"$oidc_api\""*) oidc_account=${oidc_account#*"\"$oidc_api\""} ;; *) oidc_account='' ;; esac
  json_value accessToken "$oidc_account"
}

# What the CLI has stored after a login, with the time it expires by this pod's clock.
read_login() {
  read_account
  case $oidc_text in
    # pulumi/pulumi v3.259.0, sdk/go/common/util/securestore/envelope.go
    *\"\$pulumiSecureStore\"*) wrong_setup "LOGIN_ENCRYPTED: the CLI has encrypted its stored login, so that the token can't be handed to the command. Fix: set PULUMI_CREDENTIAL_STORE=plaintext in 'env'; the file is in memory" ; return ;;
  esac
  if [ -z "$oidc_value" ]; then
    wrong_setup "LOGIN_NOT_STORED: the CLI logged in, but stored no access token for $oidc_api in $PULUMI_CREDENTIALS_PATH/credentials.json. Fix: use an image with the Pulumi CLI as it is released, and leave that file to it"
    return
  elif [ "$oidc_value" = "$oidc_previous" ]; then
    oidc_outcome=failing oidc_text="another process of the CLI has put the last access token back"
    return
  fi
  oidc_access_token=$oidc_value
  json_value expiresAt "$oidc_account"
  oidc_expires=${oidc_value:-after $oidc_expiration s}
  # 2026-11-21T12:51:27.106Z: `attend` has the CLI write it in UTC.
  oidc_value=${oidc_value%%[.Z]*}
  oidc_epoch=$(epoch "${oidc_value%T*} ${oidc_value#*T}")
  ticks
  oidc_life=$oidc_expiration
  [ -z "$oidc_epoch" ] || oidc_life=$((oidc_epoch - $(date +%s) + (oidc_ticks - oidc_asked) / 100))
  oidc_text='' oidc_outcome=ok
}

# Whether a process of the CLI that overlapped the last renewal has put the token before it back: it stores the whole
# account as it read it, after a request (pulumi/pulumi v3.259.0, pkg/backend/httpstate/backend.go).
is_put_back() {
  [ "$oidc_has_cli" = yes ] && [ -n "$oidc_previous" ] || return 1
  read_account
  [ "$oidc_value" = "$oidc_previous" ]
}
