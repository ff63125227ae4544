import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLES } from "../../../lab/authorities";
import { ENTRYPOINT_PARTS } from "../../../provider/workload/entrypoint";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { skip } from "../../skip";
import { FailureLab } from "./failure-lab";
import { EntrypointHost, findOnPath, SHELLS } from "./shell-run";

const SCRIPTS = join(packageRoot(), "provider", "workload", "entrypoint");

/** What tools of several versions say when there is no answer, and what the entrypoint must take it for. */
const SILENCES: [outcome: string, text: string][] = [
  ["unreachable name", "curl: (6) Could not resolve host: api.pulumi.com"],
  [
    "unreachable name",
    'Post "https://a.example/api": dial tcp: lookup a.example on 10.0.0.10:53: read udp: i/o timeout',
  ],
  [
    "unreachable name",
    'Post "https://a.example/api": dial tcp: lookup a.example: Temporary failure in name resolution',
  ],
  ["unreachable refused", "curl: (7) Failed to connect to 10.0.0.1 port 443 after 0 ms: Couldn't connect to server"],
  ["unreachable refused", "curl: (7) Failed to connect to a.example port 443: Connection refused"],
  ["unreachable refused", 'Post "https://a.example/api": dial tcp 10.0.0.1:443: connect: connection refused'],
  ["unreachable network", "curl: (28) Connection timed out after 10001 milliseconds"],
  ["unreachable network", "curl: (7) Failed to connect to 10.0.0.1 port 443: Network is unreachable"],
  ["unreachable network", "curl: (28) SSL connection timeout"],
  ["unreachable network", 'Post "https://a.example/api": dial tcp 10.0.0.1:443: connect: network is unreachable'],
  [
    "unreachable network",
    'Post "https://a.example/api": dial tcp 10.0.0.1:443: connect: no route to host: No route to host',
  ],
  ["unreachable network", 'Post "https://a.example/api": net/http: TLS handshake timeout'],
  ["unreachable other", "curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to a.example:443"],
  ["unreachable other", 'Post "https://a.example/api": EOF'],
  ["unreachable proxy", "curl: (56) CONNECT tunnel failed, response 503"],
  ["unreachable proxy", "curl: (56) Received HTTP code 502 from proxy after CONNECT"],
  ["unreachable proxy", "curl: (5) Could not resolve proxy: proxy.example"],
  [
    "unreachable proxy",
    'Post "https://a.example/api": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused',
  ],
  ["proxy credentials", "curl: (56) Received HTTP code 407 from proxy after CONNECT"],
  ["proxy credentials", 'Post "https://a.example/api": Proxy Authentication Required'],
  ["proxy forbidden", "curl: (56) Received HTTP code 403 from proxy after CONNECT"],
  ["proxy forbidden", 'Post "https://a.example/api": Forbidden'],
  ["tls tls", "curl: (60) SSL certificate problem: unable to get local issuer certificate"],
  [
    "tls tls",
    'Post "https://a.example/api": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ],
];

describe("the entrypoint's surroundings", () => {
  const lab = new FailureLab();

  before(() => lab.start());
  after(() => lab.fixture.stop());

  /** What parts of the entrypoint print, sourced by a shell. */
  function shell(script: string, env: Record<string, string> = {}): string {
    const parts = ["environment.sh", "exchange.sh", "direct.sh"].map((name) => `. ${join(SCRIPTS, name)}`);
    return execFileSync("sh", ["-euc", [...parts, script].join("\n")], {
      env: { PATH: process.env.PATH, ...env },
    }).toString();
  }

  it("are told apart by the words of every tool when nobody answers", () => {
    const found = SILENCES.map(([, text]) => [
      shell('oidc_text=$TEXT oidc_cause=; judge_silence; printf "%s %s" "$oidc_outcome" "$oidc_cause"', { TEXT: text }),
      text,
    ]);
    assert.deepEqual(found, SILENCES);
  });

  it("have a proxy, or none where NO_PROXY names the host", () => {
    const proxy = (env: Record<string, string>) =>
      shell('oidc_api=https://api.example.com:8443/x; share_proxy_settings; api_proxy; printf "%s" "$oidc_proxy"', env);
    const url = "http://user:secret@proxy.example:3128/";
    for (const name of ["HTTPS_PROXY", "https_proxy"]) {
      assert.equal(proxy({ [name]: url }), "proxy.example:3128");
    }
    assert.equal(proxy({ HTTP_PROXY: url }), "");
    assert.equal(proxy({}), "");
    for (const none of [
      "*",
      "api.example.com",
      ".example.com",
      "example.com",
      "a.b, example.com",
      "api.example.com:8443",
    ]) {
      assert.equal(proxy({ HTTPS_PROXY: url, NO_PROXY: none }), "", none);
      assert.equal(proxy({ HTTPS_PROXY: url, no_proxy: none }), "", none);
    }
    for (const other of ["example", "pi.example.com", "api.example.com.evil", "api.example.com:443", ".com.example"]) {
      assert.equal(proxy({ HTTPS_PROXY: url, NO_PROXY: other }), "proxy.example:3128", other);
    }
  });

  it("read times", () => {
    for (const time of ["1970-01-01 00:00:00", "2024-02-29 23:59:59", "2100-03-01 08:09:08"]) {
      assert.equal(Number(shell(`epoch "${time}"`)), Date.parse(`${time}Z`) / 1000, time);
    }
    for (const none of [" ", "soon soon", "2026-11-21T12 2026-11-21T12"]) {
      assert.equal(shell(`epoch "${none}"`), "", none);
    }
  });

  it("have a private authority for every program, and the user's own settings untouched", async () => {
    const host = new EntrypointHost(SHELLS[0], lab.trust, lab.fixture.authority.certificatePem, {
      curl: true,
      more: ["env"],
    });
    try {
      host.setToken(await lab.token());
      const variables = async (env: NodeJS.ProcessEnv) => {
        const { code, output } = await host.run(lab.fixture.cloud.url, ["env"], env);
        assert.equal(code, 0, output);
        return Object.fromEntries(output.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2)));
      };
      const seen = await variables({
        AWS_CA_BUNDLE: "/their/own.pem",
        HTTPS_PROXY: lab.proxies.open.url,
        no_proxy: "127.0.0.1",
      });
      const bundle = join(host.private, "ca-bundle.crt");
      for (const name of ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO"]) {
        assert.equal(seen[name], bundle, name);
      }
      assert.equal(seen.AWS_CA_BUNDLE, "/their/own.pem");
      assert.equal(readFileSync(seen.NODE_EXTRA_CA_CERTS ?? "", "utf8"), lab.fixture.authority.certificatePem);
      assert.ok(readFileSync(bundle, "utf8").includes(lab.fixture.authority.certificatePem.trim()));
      assert.deepEqual([seen.https_proxy, seen.NO_PROXY], [lab.proxies.open.url, "127.0.0.1"]);
      assert.equal(seen.http_proxy ?? seen.HTTP_PROXY, undefined);
      // Images name the system's own authorities so for programs that have others: the bundle holds them.
      const system = BUNDLES.find((path) => existsSync(path));
      const replaced = await variables({
        NODE_EXTRA_CA_CERTS: system,
        REQUESTS_CA_BUNDLE: system,
        AWS_CA_BUNDLE: "/a.pem",
      });
      const { NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE, AWS_CA_BUNDLE } = replaced;
      const expected = system === undefined ? [seen.NODE_EXTRA_CA_CERTS, bundle] : [bundle, bundle];
      assert.deepEqual([NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE, AWS_CA_BUNDLE], [...expected, "/a.pem"]);
    } finally {
      host.remove();
    }
  });

  it("are written without a word that shellcheck warns of, as one script", function () {
    if (findOnPath("shellcheck") === undefined) {
      skip(this, "shellcheck is not installed");
    }
    const texts = [...ENTRYPOINT_PARTS, "entrypoint.sh"];
    const script = texts.map((path) =>
      readFileSync(join(SCRIPTS, path), "utf8").replace(/^ *# shellcheck (?!disable=SC20).*$/gm, ""),
    );
    // Sourced files are here already; what a function is called by, shellcheck can't see in every case.
    execFileSync("shellcheck", ["--shell=sh", "--exclude=SC1090,SC1091,SC2317,SC2209", "-"], {
      input: script.join("\n"),
    });
  });
});
