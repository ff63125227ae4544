# Waits until GKE's metadata server knows this pod: in a new pod it refuses connections for seconds, and client libraries
# then take the pod for one outside Google Cloud (googleapis/google-cloud-go#14349).
# shellcheck shell=sh disable=SC2154

# The longest wait, milliseconds: 60 s where tries begin 1 s apart.
oidc_metadata_limit=$((oidc_base * 60))

wait_for_metadata() {
  oidc_metadata=http://${GCE_METADATA_HOST:-metadata.google.internal}/computeMetadata/v1/instance/service-accounts/default/email
  if command -v curl >/dev/null 2>&1; then
    oidc_asker=curl
  elif command -v wget >/dev/null 2>&1; then
    case $(wget --version 2>&1) in
      GNU*) oidc_asker=wget ;;
      *'-T SEC'*) oidc_asker=busybox oidc_patient=no ;;
      *) oidc_asker=busybox oidc_patient=yes ;;
    esac
  else
    say "METADATA_NOT_AWAITED: the image has neither curl nor wget to ask Google's metadata server with. Fix: use an image with one of them, or let the command try again" >&2
    return 0
  fi
  ticks
  oidc_first=$oidc_ticks
  oidc_delay=$((oidc_base / 5))
  while :; do
    oidc_email=$(ask_metadata 2>/dev/null) || oidc_email=''
    case $oidc_email in
      # An address or, for a pod without a service account of Google's, the name of its pool.
      *[!A-Za-z0-9.@:_-]* | '') ;;
      *.*)
        ticks
        say "this pod's Google identity: $oidc_email (known after $(((oidc_ticks - oidc_first) * 10)) ms)"
        return 0
        ;;
    esac
    ticks
    [ $(((oidc_ticks - oidc_first) * 10 + oidc_delay)) -le "$oidc_metadata_limit" ] ||
      fail 75 "METADATA_UNAVAILABLE: Google's metadata server did not name this pod's service account within $oidc_metadata_limit ms ($oidc_metadata). Fix: check that the node pool has Workload Identity Federation on (workload metadata GKE_METADATA) and that no NetworkPolicy blocks the metadata server, then run the Job again"
    pause "$oidc_delay"
    oidc_delay=$((oidc_delay < oidc_base * 2 ? oidc_delay * 2 : oidc_delay))
  done
}

# The metadata server is on the node: no proxy is asked.
ask_metadata() {
  case $oidc_asker in
    curl) curl --silent --fail --noproxy '*' --max-time 5 --max-filesize 1024 --header 'Metadata-Flavor: Google' "$oidc_metadata" ;;
    wget) wget --no-config --quiet --no-proxy --tries=1 --max-redirect=0 --timeout=5 --output-document=- --header='Metadata-Flavor: Google' "$oidc_metadata" ;;
    # Some builds crash when they are given a timeout they do not have.
    busybox) if [ "$oidc_patient" = yes ]; then set --; else set -- -T 5; fi; wget -q "$@" -Y off -O - --header 'Metadata-Flavor: Google' "$oidc_metadata" ;;
  esac
}
