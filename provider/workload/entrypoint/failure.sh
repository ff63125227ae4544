# Says why there is no access token: what happened, the likely cause and what to do. The last 2 KiB of a pod's log become
# its container's message, so cause and fix come last.
# shellcheck shell=sh disable=SC2034,SC2154

# Exit code in oidc_code.
explain_failure() {
  oidc_code=75
  api_proxy
  oidc_way=${oidc_proxy:+ through the proxy $oidc_proxy}
  case $oidc_outcome in
    setup)
      oidc_code=78
      say "$oidc_problem"
      ;;
    refused)
      oidc_code=77
      # shellcheck source-path=SCRIPTDIR source=refusal.sh disable=SC1091
      . "$oidc_here/refusal.sh"
      say "Pulumi Cloud answered: $(answer)"
      explain_refusal
      ;;
    busy)
      say "RATE_LIMITED: Pulumi Cloud at $oidc_api takes no more exchanges for now: $(answer)."
      say "Cause: too many requests at once, of this runner or of others of organization $oidc_organization. Fix: start fewer runners at the same time (spread their schedules), then run the Job again later$(asked_wait)"
      ;;
    failing)
      say "CLOUD_FAILED: Pulumi Cloud at $oidc_api could not answer: $(answer). Fix: run the Job again later$(asked_wait); https://status.pulumi.com tells of outages"
      ;;
    unreachable)
      say "CLOUD_UNREACHABLE: no answer from Pulumi Cloud at $oidc_api$oidc_way: $(answer). $(explain_silence)"
      ;;
    proxy)
      oidc_code=78
      say "PROXY_REFUSED: the proxy ${oidc_proxy:-(none is set in this pod)} does not let this pod reach $oidc_host: $(answer)."
      case $oidc_cause in
        credentials) say "Cause: the proxy asks for a login. Fix: give the pod an HTTPS_PROXY with one that it accepts, or add $oidc_host to NO_PROXY if the pod can reach it directly" ;;
        *) say "Cause: the proxy's rules forbid it. Fix: allow CONNECT to $oidc_host in the proxy, or add $oidc_host to NO_PROXY if the pod can reach it directly" ;;
      esac
      ;;
    tls)
      oidc_code=78
      say "TLS_UNTRUSTED: the certificate of $oidc_api$oidc_way is not trusted: $(answer)."
      explain_certificate
      ;;
    *)
      say "RESPONSE_INVALID: $oidc_api did not answer as Pulumi Cloud does: $(answer). Fix: check that PULUMI_BACKEND_URL is Pulumi Cloud's API, and that no proxy answers in its place"
      ;;
  esac
}

asked_wait() { [ "$oidc_retry_after" = 0 ] || printf %s ", not before $oidc_retry_after s from now (Retry-After)"; }

explain_silence() {
  oidc_egress="the pod's network (NetworkPolicy, firewall, NAT)"
  case $oidc_cause in
    name) printf %s "Cause: the name $oidc_host does not resolve. Fix: check the host in PULUMI_BACKEND_URL (apiUrl), and the pod's DNS: its dnsPolicy, the cluster's DNS server, and that $oidc_egress lets port 53 out" ;;
    proxy) printf %s "Cause: the proxy${oidc_proxy:+ $oidc_proxy} can't be reached, or it can't reach $oidc_host. Fix: check HTTPS_PROXY and the proxy, or add $oidc_host to NO_PROXY if the pod can reach it directly" ;;
    refused) printf %s "Cause: the connection is not accepted: nothing listens there, or it is blocked. Fix: check PULUMI_BACKEND_URL (apiUrl)${oidc_proxy:+ and HTTPS_PROXY}, and that $oidc_egress lets the pod out" ;;
    network) printf %s "Cause: packets to it get lost. Fix: check that $oidc_egress lets the pod reach ${oidc_proxy:-$oidc_authority}, or set HTTPS_PROXY if there is a proxy" ;;
    *) printf %s "Cause: the connection broke off. Fix: check that $oidc_egress and what lies between let the pod reach ${oidc_proxy:-$oidc_authority}" ;;
  esac
}

explain_certificate() {
  case $oidc_text in
    *expired* | *'not yet valid'* | *'not yet active'*)
      say "Cause: it has expired, or this pod's clock is wrong: it says $(date -u '+%Y-%m-%d %H:%M:%S') UTC. Fix: set the node's clock, or have the certificate renewed"
      ;;
    *)
      say "Cause: its authority is unknown here, or it is for another name: a private Pulumi Cloud, or a proxy that opens TLS. Fix: give the authority's certificate as 'caCertificates'"
      ;;
  esac
}
