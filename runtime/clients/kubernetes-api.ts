import { readFile } from "node:fs/promises";
import { Agent, request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { OidcRunnerError } from "../../trust";
import type { Fetch } from "../http";
import { tokenFile } from "./token-file";

/** Where a pod finds its API server. */
export interface KubernetesApiOptions {
  /** Default: the address in `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, which every pod has. */
  url?: string;
  /** Directory of `token` and `ca.crt`. Default: `/var/run/secrets/kubernetes.io/serviceaccount`. */
  credentials?: string;
}

/** The API server, with the pod's own credentials for it. */
export interface KubernetesApi {
  url: string;
  /** Trusts the cluster's certificate authority and sends the pod's token; to the API server alone. */
  fetch: Fetch;
}

/**
 * The API server of the pod's own cluster, for reviews of tokens and for keys that only it serves. The pod needs its ServiceAccount's
 * token (`automountServiceAccountToken`). Token and authority are read for every request, because both rotate.
 *
 * Errors: `OPTION_MISSING` outside of a cluster. The `fetch` throws OidcRunnerError `ORIGIN_FOREIGN`, `TOKEN_FILE_UNUSABLE`.
 *
 * @example
 * const api = kubernetesApi();
 * const verifier = createVerifier({
 *   issuers: [{
 *     issuer: "https://kubernetes.default.svc.cluster.local",
 *     jwksUri: `${api.url}/openid/v1/jwks`,
 *     fetch: api.fetch,
 *     tokenReview: { apiServer: api.url, fetch: api.fetch },
 *   }],
 *   audience: "https://orders.example.com",
 *   allow: [{ namespace: "shop" }],
 * });
 */
export function kubernetesApi(options: KubernetesApiOptions = {}): KubernetesApi {
  const { credentials = "/var/run/secrets/kubernetes.io/serviceaccount" } = options;
  const { origin } = new URL(options.url ?? inCluster());
  const source = tokenFile(`${credentials}/token`);
  let trusted: { ca: Buffer; agent: Agent } | undefined;

  const fetch: Fetch = async (url, init) => {
    const target = new URL(url);
    if (target.origin !== origin) {
      throw new OidcRunnerError("ORIGIN_FOREIGN", `the pod's token is for ${origin}, not for ${target.origin}`, {
        where: "url",
        fix: "use another fetch for that address",
      });
    }
    const [token, ca] = await Promise.all([source.get(), readFile(`${credentials}/ca.crt`)]);
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${token}`);
    if (trusted === undefined || !trusted.ca.equals(ca)) {
      // Of its own: the authorities of the global agent would go before those of a request.
      trusted = { ca, agent: new Agent({ ca, keepAlive: true }) };
    }
    return send(target, { ...init, headers }, trusted.agent);
  };
  return { url: origin, fetch };
}

/** As client libraries in pods find it (Kubernetes documentation, "Accessing the Kubernetes API from a Pod"). */
function inCluster(): string {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = process.env;
  if (!host) {
    throw new OidcRunnerError("OPTION_MISSING", "this is not a pod: KUBERNETES_SERVICE_HOST is not set", {
      where: "url",
      fix: "give the address of the API server",
    });
  }
  return `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** By Node's own client, because the global `fetch` takes no certificate authority. */
function send(url: URL, { method, headers, body, signal }: RequestInit, agent: Agent): Promise<Response> {
  return new Promise((resolve, reject) => {
    const options = { method, agent, headers: Object.fromEntries(headers as Headers), signal: signal ?? undefined };
    const request = httpsRequest(url, options, (answer) => {
      const { statusCode = 500, headers: answered } = answer;
      const pairs = Object.entries(answered).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, String(value)]],
      );
      const isEmpty = statusCode === 204 || statusCode === 304;
      resolve(
        new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream), {
          status: statusCode,
          headers: pairs,
        }),
      );
    });
    request.on("error", reject);
    request.end(typeof body === "string" ? body : undefined);
  });
}
