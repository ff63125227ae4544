# What the pod says about its network, in the words of each program: proxies and a private certificate authority.
# shellcheck shell=sh disable=SC2154

# Go reads both spellings, curl HTTP_PROXY only in lower case. Where one is set, both are.
share_proxy_settings() {
  if [ -n "${https_proxy:-}" ]; then : "${HTTPS_PROXY:=$https_proxy}"; elif [ -n "${HTTPS_PROXY:-}" ]; then https_proxy=$HTTPS_PROXY; fi
  if [ -n "${http_proxy:-}" ]; then : "${HTTP_PROXY:=$http_proxy}"; elif [ -n "${HTTP_PROXY:-}" ]; then http_proxy=$HTTP_PROXY; fi
  if [ -n "${no_proxy:-}" ]; then : "${NO_PROXY:=$no_proxy}"; elif [ -n "${NO_PROXY:-}" ]; then no_proxy=$NO_PROXY; fi
  [ -z "${https_proxy:-}" ] || export HTTPS_PROXY https_proxy
  [ -z "${http_proxy:-}" ] || export HTTP_PROXY http_proxy
  [ -z "${no_proxy:-}" ] || export NO_PROXY no_proxy
}

# A command must trust both the public authorities and the private one, so it gets a bundle of both. Node.js adds to its
# own authorities instead. What the user has set stays, unless it names this system's public authorities, as images do for
# programs that have their own: the bundle holds them.
trust_private_ca() {
  oidc_bundle=''
  [ -s "$oidc_here/ca.crt" ] || return 0
  oidc_bundle=$oidc_private/ca-bundle.crt
  for oidc_public in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem ''; do
    [ ! -r "$oidc_public" ] || break
  done
  cat ${oidc_public:+"$oidc_public"} "$oidc_here/ca.crt" >"$oidc_bundle"
  : "${NODE_EXTRA_CA_CERTS:=$oidc_here/ca.crt}"
  for oidc_name in SSL_CERT_FILE CURL_CA_BUNDLE REQUESTS_CA_BUNDLE AWS_CA_BUNDLE GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS; do
    eval "oidc_value=\${$oidc_name:-}"
    case $oidc_value in '' | "$oidc_public") eval "$oidc_name=\$oidc_bundle" ;; esac
    export "${oidc_name?}"
  done
}

# The API's host, in oidc_authority with its port where it names one, and the proxy for it without what is secret in its
# URL, in oidc_proxy; empty if it is reached directly. Names and suffixes of names
# are told apart as all programs do; ranges of addresses (10.0.0.0/8) are not looked at.
api_proxy() {
  oidc_authority=${oidc_api#*://}
  oidc_authority=${oidc_authority%%[/?#]*}
  oidc_authority=${oidc_authority##*@}
  oidc_host=${oidc_authority%:*}
  case $oidc_api in https:*) oidc_proxy=${https_proxy:-} ;; *) oidc_proxy=${http_proxy:-} ;; esac
  [ -n "$oidc_proxy" ] || return 0
  oidc_proxy=${oidc_proxy#*://}
  oidc_proxy=${oidc_proxy##*@}
  oidc_proxy=${oidc_proxy%%/*}
  oidc_list=${no_proxy:-},
  while [ -n "$oidc_list" ]; do
    oidc_entry=${oidc_list%%,*}
    oidc_list=${oidc_list#*,}
    oidc_entry=${oidc_entry# }
    oidc_entry=${oidc_entry#.}
    case $oidc_entry in
      '') ;;
      '*' | "$oidc_host" | "$oidc_authority") oidc_proxy='' ;;
      *) case $oidc_host in *".$oidc_entry") oidc_proxy='' ;; esac ;;
    esac
  done
}
