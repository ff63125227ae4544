import { podClaims } from "../pulumi-cloud/fixture";
import type { Failure, FailureLab } from "./failure-lab";

/** Every way to fail, in the order of {@link allFailures}. */
export const TITLES = [
  "denied",
  "another service account",
  "wrong audience",
  "another cluster's token",
  "unknown issuer",
  "expired",
  "Pulumi Cloud's clock ahead",
  "Pulumi Cloud's clock behind",
  "429",
  "429 without a word",
  "500",
  "503 with a page",
  "not Pulumi Cloud",
  "connection refused",
  "unknown name",
  "proxy wants a login",
  "proxy forbids",
  "proxy is broken",
  "proxy is down",
  "certificate not trusted",
];

/** What the CLI gives up on after seven seconds only. */
export const SLOW = TITLES.slice(TITLES.indexOf("500")).filter((title) => title !== "not Pulumi Cloud");

/** What each failure is made by, and what the log must say. */
export async function allFailures(lab: FailureLab): Promise<Failure[]> {
  const now = Math.floor(Date.now() / 1000);
  const claims = podClaims("pulumi", "runner");
  const refusal = { code: 77, not: /CLOUD_|PROXY_|RATE_/ };
  const noRefusal = { not: /REFUSED: Pulumi|DIFFERS/ };
  const proxied = (url: string) => ({ api: "https://api.example.com", env: { HTTPS_PROXY: url } });
  const differs = (claim: string, expected: string, got: string) => [
    new RegExp(`DIFFERS {2}${claim} {2}expected: ${expected}$`, "m"),
    new RegExp(` {11}${claim} {2}got: {6}${got}$`, "m"),
  ];
  return [
    {
      ...refusal,
      title: "denied",
      // Every claim is right; the deny is by a claim the runner's rules do not speak of.
      run: { token: await lab.issuer.sign({ ...claims, "jti-like": "denied" }) },
      says: [/UNKNOWN {2}policy/, / {11}policy {2}got: {6}access_denied$/m],
      cause: /Cause: one of these;/,
      fix: /Fix: add the allow or remove the deny/,
    },
    {
      ...refusal,
      title: "another service account",
      run: { token: await lab.token("other") },
      says: differs("sub", "system:serviceaccount:pulumi:runner", "system:serviceaccount:pulumi:other"),
      cause: /Cause: the pod runs as another service account/,
      fix: /Fix: start it with the runner's own ServiceAccount/,
    },
    {
      ...refusal,
      title: "wrong audience",
      run: { token: await lab.token("runner", "sts.amazonaws.com") },
      says: differs("aud", "urn:pulumi:org:acme", "sts.amazonaws.com"),
      cause: /Cause: the token was requested for another audience/,
      fix: /Fix: project a token with audience urn:pulumi:org:acme\./,
    },
    {
      ...refusal,
      title: "another cluster's token",
      run: { token: await lab.other.sign(claims) },
      says: differs("iss", "\\S+/FAILURES", "\\S+/UNREGISTERED"),
      cause: /Cause: the token was issued by another cluster/,
      fix: /Fix: give the runner the cluster it runs on/,
    },
    {
      ...refusal,
      title: "unknown issuer",
      run: { token: await lab.other.sign(claims), trust: lab.unregistered },
      says: [
        /UNKNOWN {2}signature {2}expected: by a current key of \S+\/UNREGISTERED, registered as issuer in organization acme/,
      ],
      cause: /Cause: one of these;/,
      fix: /organization acme has no issuer of exactly this URL\.\n.*Fix: .*compare the URL and the keys of the registered issuer/,
    },
    {
      ...refusal,
      title: "expired",
      run: { token: await lab.issuer.sign({ ...claims, iat: now - 900, nbf: now - 900, exp: now - 300 }) },
      says: differs(
        "exp",
        "later than \\d+, Pulumi Cloud's clock",
        "\\d+, [3-9]\\d\\d s too early; this pod's clock says \\d+",
      ),
      cause: /Cause: the token has expired\./,
      fix: /Fix: .* read its file again/,
    },
    {
      ...refusal,
      title: "Pulumi Cloud's clock ahead",
      run: { api: lab.ahead.url },
      says: differs(
        "exp",
        "later than \\d+, Pulumi Cloud's clock",
        "\\d+, \\d+ s too early; this pod's clock says \\d+",
      ),
      cause: /Cause: the clocks differ: Pulumi Cloud's is 7[12]\d\d s ahead of this pod's/,
      fix: /Fix: set the clocks of the cluster's nodes and control plane/,
    },
    {
      ...refusal,
      title: "Pulumi Cloud's clock behind",
      run: { api: lab.behind.url },
      says: differs(
        "nbf",
        "not later than \\d+, Pulumi Cloud's clock",
        "\\d+, 7[12]\\d\\d s too late; this pod's clock says \\d+",
      ),
      cause: /Cause: the clocks differ: Pulumi Cloud's is 7[12]\d\d s behind this pod's/,
      fix: /Fix: set the clocks of the cluster's nodes and control plane/,
    },
    ...["429", "429-silent"].map((path) => ({
      ...noRefusal,
      title: path === "429" ? "429" : "429 without a word",
      code: 75,
      run: { api: `${lab.strange}/${path}` },
      says: [/^oidc-runner: RATE_LIMITED: .*HTTP status 429/m],
      cause: /Cause: too many requests at once/,
      fix: /Fix: start fewer runners at the same time/,
    })),
    ...["500", "503"].map((path) => ({
      ...noRefusal,
      title: path === "500" ? "500" : "503 with a page",
      code: 75,
      run: { api: `${lab.strange}/${path}` },
      says: [/^oidc-runner: CLOUD_FAILED: Pulumi Cloud at \S+ could not answer/m],
      cause: path === "500" ? /server_error|HTTP status 500/ : /HTTP status 503/,
      fix: /Fix: run the Job again later/,
    })),
    {
      ...noRefusal,
      title: "not Pulumi Cloud",
      code: 75,
      run: { api: `${lab.strange}/404` },
      says: [/^oidc-runner: RESPONSE_INVALID: /m],
      cause: /404/,
      fix: /Fix: check that PULUMI_BACKEND_URL is Pulumi Cloud's API/,
    },
    {
      ...noRefusal,
      title: "connection refused",
      code: 75,
      run: { api: "https://127.0.0.1:1" },
      says: [/^oidc-runner: CLOUD_UNREACHABLE: no answer from Pulumi Cloud at https:\/\/\w+\S*:1: /m],
      cause: /Cause: the connection is not accepted/,
      fix: /Fix: check PULUMI_BACKEND_URL \(apiUrl\), and that the pod's network/,
    },
    {
      ...noRefusal,
      title: "unknown name",
      code: 75,
      run: { api: "https://pulumi.invalid" },
      says: [/^oidc-runner: CLOUD_UNREACHABLE: /m],
      cause: /Cause: the name pulumi\.invalid does not resolve/,
      fix: /Fix: check the host in PULUMI_BACKEND_URL \(apiUrl\), and the pod's DNS/,
    },
    {
      ...noRefusal,
      title: "proxy wants a login",
      code: 78,
      run: proxied(lab.proxies.login.url),
      says: [/^oidc-runner: PROXY_REFUSED: the proxy 127\.0\.0\.1:\d+ does not let this pod reach api\.example\.com/m],
      cause: /Cause: the proxy asks for a login/,
      fix: /Fix: give the pod an HTTPS_PROXY with one/,
    },
    {
      ...noRefusal,
      title: "proxy forbids",
      code: 78,
      run: proxied(lab.proxies.forbidden.url.replace("//", "//user:secret@")),
      says: [/^oidc-runner: PROXY_REFUSED: the proxy 127\.0\.0\.1:\d+ does not let this pod reach api\.example\.com/m],
      cause: /Cause: the proxy's rules forbid it/,
      fix: /Fix: allow CONNECT to api\.example\.com in the proxy/,
      not: /secret|DIFFERS/,
    },
    {
      ...noRefusal,
      title: "proxy is broken",
      code: 75,
      run: proxied(lab.proxies.broken.url),
      says: [/^oidc-runner: CLOUD_UNREACHABLE: .* through the proxy 127\.0\.0\.1:\d+: /m],
      cause: /Cause: the proxy 127\.0\.0\.1:\d+ can't be reached, or it can't reach api\.example\.com/,
      fix: /Fix: check HTTPS_PROXY and the proxy/,
    },
    {
      ...noRefusal,
      title: "proxy is down",
      code: 75,
      run: proxied("http://127.0.0.1:1"),
      says: [/^oidc-runner: CLOUD_UNREACHABLE: .* through the proxy 127\.0\.0\.1:1: /m],
      cause: /Cause: (the proxy 127\.0\.0\.1:1 can't be reached|the connection is not accepted)/,
      fix: /Fix: check .*HTTPS_PROXY/,
    },
    {
      ...noRefusal,
      title: "certificate not trusted",
      code: 78,
      run: { trusted: false },
      says: [/^oidc-runner: TLS_UNTRUSTED: the certificate of https:\S+ is not trusted/m],
      cause: /Cause: its authority is unknown here/,
      fix: /Fix: give the authority's certificate as 'caCertificates'/,
    },
  ];
}
