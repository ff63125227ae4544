#!/bin/sh
# What a runner's script does when it is put together from guides: a JSON tool is installed at each start, the token is an
# argument of curl, and nothing is checked. Its first argument is `install` or what else to do about the JSON tool.
if [ "$1" = install ]; then
  apt-get update >/dev/null && apt-get install -y jq >/dev/null
fi
SUBJECT_TOKEN=$(cat "$TOKEN_FILE")
ANSWER=$(curl -sS -X POST "$API_URL/api/oauth/token" \
  -H 'Content-Type: application/x-www-form-urlencoded' \
  -d 'grant_type=urn:ietf:params:oauth:grant-type:token-exchange' \
  -d "audience=$AUDIENCE" \
  -d 'subject_token_type=urn:ietf:params:oauth:token-type:id_token' \
  -d "subject_token=$SUBJECT_TOKEN" \
  -d 'requested_token_type=urn:pulumi:token-type:access_token:organization' \
  -d 'scope=' \
  -d 'expiration=7200')
PULUMI_ACCESS_TOKEN=$(echo "$ANSWER" | jq -r .access_token)
export PULUMI_ACCESS_TOKEN
# Measured is the way to a usable token: an empty one is none.
case $PULUMI_ACCESS_TOKEN in pul-*) exec true ;; *) exit 1 ;; esac
