#!/bin/sh
# Who this pod is: to Pulumi Cloud, and to Azure. The Azure SDKs do the second by themselves; this needs curl alone.
set -eu
pulumi whoami
try=1
until curl --silent --fail "${AZURE_AUTHORITY_HOST%/}/$AZURE_TENANT_ID/oauth2/v2.0/token" \
  --data grant_type=client_credentials --data-urlencode "client_id=$AZURE_CLIENT_ID" \
  --data-urlencode scope=https://management.azure.com/.default \
  --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
  --data-urlencode "client_assertion@$AZURE_FEDERATED_TOKEN_FILE" >/dev/null; do
  # A federated credential that was made a moment ago takes a while to be known everywhere.
  [ "$try" -lt 10 ] || exit 1
  try=$((try + 1))
  sleep 3
done
echo "Azure identity: $AZURE_CLIENT_ID (Entra ID gave it a token)"
