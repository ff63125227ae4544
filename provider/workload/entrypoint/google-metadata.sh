# Waits until GKE's metadata server knows this pod by the identity that the runner was given: in a new pod it refuses
# connections for seconds, and client libraries then take the pod for one outside Google Cloud
# (googleapis/google-cloud-go#14349).
#
# For a ServiceAccount annotated with iam.gke.io/gcp-service-account it answers that account's email. Without the
# annotation it answers PROJECT.svc.id.goog or, if the ServiceAccount is annotated with
# iam.gke.io/return-principal-id-as-email, the whole principal (Google Cloud documentation, "Authenticate to Google Cloud
# APIs from GKE workloads"; googleapis/managedkafka, local auth server for Go, validatePrincipalEmail). On a node without
# GKE's own metadata server it is Compute Engine's that answers, with the node's account.
# shellcheck shell=sh disable=SC2034,SC2154

# The longest wait, milliseconds: 60 s where tries begin 1 s apart.
oidc_metadata_limit=$((oidc_base * 60))

await_google_identity() {
  oidc_expected=$OIDC_RUNNER_GOOGLE_IDENTITY oidc_identity=''
  command -v curl >/dev/null 2>&1 ||
    fail 78 "TOOL_MISSING: the image has no curl to ask Google's metadata server with, so this pod's Google identity can't be verified. Fix: use an image with curl, such as pulumi/pulumi"
  oidc_metadata=http://${GCE_METADATA_HOST:-metadata.google.internal}/computeMetadata/v1/instance/service-accounts/default/email
  ticks
  oidc_first=$oidc_ticks
  oidc_delay=$((oidc_base / 5))
  while :; do
    # The metadata server is on the node: no proxy is asked.
    attend 0 curl -q --silent --fail --noproxy '*' --max-time 5 --max-filesize 1024 --header 'Metadata-Flavor: Google' \
      "$oidc_metadata" >"$oidc_private/answer" 2>/dev/null || : >"$oidc_private/answer"
    slurp "$oidc_private/answer"
    oidc_text=${oidc_text% }
    ticks
    case $oidc_text in
      "$oidc_expected" | principal://*"/workloadIdentityPools/$oidc_expected/"*)
        say "this pod's Google identity: $oidc_text (known after $(((oidc_ticks - oidc_first) * 10)) ms)"
        return 0
        ;;
      *[!A-Za-z0-9.@:/_-]*) ;;
      *.*) oidc_identity=$oidc_text ;;
    esac
    [ $(((oidc_ticks - oidc_first) * 10 + oidc_delay)) -le "$oidc_metadata_limit" ] || break
    pause "$oidc_delay"
    oidc_delay=$((oidc_delay < oidc_base * 2 ? oidc_delay * 2 : oidc_delay))
  done
  oidc_pool="the node pool has Workload Identity Federation on (workload metadata GKE_METADATA)"
  case $oidc_expected:$oidc_identity in
    *:) fail 75 "METADATA_UNAVAILABLE: Google's metadata server did not name this pod's service account within $oidc_metadata_limit ms ($oidc_metadata). Fix: check that $oidc_pool and that no NetworkPolicy blocks the metadata server, then run the Job again" ;;
    *@*:*.svc.id.goog | *@*:principal:*) fail 78 "METADATA_OTHER_IDENTITY: this pod's Google identity is $oidc_identity, expected: $oidc_expected. Cause: its ServiceAccount lacks the annotation. Fix: annotate it with iam.gke.io/gcp-service-account=$oidc_expected (the runner does unless createServiceAccount is false)" ;;
    *) fail 78 "METADATA_OTHER_IDENTITY: this pod's Google identity is $oidc_identity, expected: $oidc_expected. Cause: that is the node's own account, or the ServiceAccount is annotated with another one. Fix: check that $oidc_pool, and the ServiceAccount's annotation iam.gke.io/gcp-service-account" ;;
  esac
}
