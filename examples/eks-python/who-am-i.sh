#!/bin/sh
# Who this pod is: to Pulumi Cloud, and to AWS. With the AWS CLI the second is `aws sts get-caller-identity`; this needs curl alone.
set -eu
pulumi whoami
try=1
until curl --silent --show-error --fail "${AWS_ENDPOINT_URL_STS:-https://sts.$AWS_REGION.amazonaws.com}/" \
  --data Action=AssumeRoleWithWebIdentity --data Version=2011-06-15 --data RoleSessionName=example \
  --data-urlencode "RoleArn=$AWS_ROLE_ARN" \
  --data-urlencode "WebIdentityToken@$AWS_WEB_IDENTITY_TOKEN_FILE" >/tmp/answer; do
  # A role that was made a moment ago takes seconds to be known everywhere.
  [ "$try" -lt 10 ] || exit 1
  try=$((try + 1))
  sleep 3
done
# Of the answer, which has credentials too, the name alone.
sed -n 's:.*<Arn>\(.*\)</Arn>.*:AWS identity\: \1:p' /tmp/answer
rm /tmp/answer
