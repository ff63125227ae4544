import { request } from "node:https";
import { loadingError, OidcRunnerError } from "../../trust";
import { checkKeySet, type KeySet } from "../../trust/issuers";

const PEER = "@kubernetes/client-node";

/** Time after which a request is given up, in milliseconds. */
const TIMEOUT_MS = 30_000;

/** A cluster, by what is on the machine: a path, never contents, which would land in state. */
export interface ClusterReference {
  /** Path of a kubeconfig. Default: as kubectl finds it. */
  kubeconfig?: string;
  /** Context in it. Default: its current one. */
  context?: string;
}

/** The part of a kubeconfig that is used. */
interface KubeConfig {
  loadFromDefault(): void;
  loadFromFile(path: string): void;
  getContextObject(name: string): unknown;
  setCurrentContext(name: string): void;
  getCurrentCluster(): { server: string; skipTLSVerify?: boolean } | null;
  applyToHTTPSOptions(options: object): Promise<void>;
}

type LoadClient = () => Promise<{ KubeConfig: new () => KubeConfig }>;

/**
 * The keys a cluster signs its ServiceAccount tokens with, from its API server.
 *
 * @param issuerUrl issuer that the keys are for: the cluster has to be that issuer
 * @throws OidcRunnerError `PEER_MISSING`, `KUBECONFIG_INVALID`, `CLUSTER_KEYS_UNREADABLE`, `CLUSTER_ISSUER_MISMATCH`,
 *   `JWKS_INVALID`
 */
export async function clusterKeys(
  cluster: ClusterReference,
  issuerUrl: string,
  load: LoadClient = () => import("@kubernetes/client-node"),
): Promise<KeySet> {
  const config = await loadConfig(cluster, load);
  const discovery = await get<{ issuer?: unknown }>(config, "/.well-known/openid-configuration");
  const issuer = String(discovery.issuer);
  if (issuer !== issuerUrl) {
    throw new OidcRunnerError("CLUSTER_ISSUER_MISMATCH", `the cluster is the issuer ${issuer}, not ${issuerUrl}`, {
      where: "jwksFromCluster",
      fix: `write issuerUrl: "${issuer}", or give the context of the other cluster`,
    });
  }
  const keys = await get<KeySet>(config, "/openid/v1/jwks");
  checkKeySet(keys, "jwksFromCluster");
  return keys;
}

async function loadConfig({ kubeconfig, context }: ClusterReference, load: LoadClient): Promise<KubeConfig> {
  const config = new (await loadClient(load)).KubeConfig();
  try {
    kubeconfig === undefined ? config.loadFromDefault() : config.loadFromFile(kubeconfig);
  } catch (error) {
    // The parser quotes the lines around a mistake, and one of them may be a token.
    const reason = (error as NodeJS.ErrnoException).code ?? "it is not what kubectl writes";
    throw invalid(`the kubeconfig can't be read: ${reason}`, "kubeconfig");
  }
  if (context !== undefined) {
    if (!config.getContextObject(context)) {
      throw invalid(`the kubeconfig has no context "${context}"`, "context");
    }
    config.setCurrentContext(context);
  }
  const server = config.getCurrentCluster();
  if (!server?.server.startsWith("https://")) {
    throw invalid("the context names no cluster with an https address", "context");
  }
  if (server.skipTLSVerify) {
    throw invalid("the context does not verify the server, so its keys could be anybody's", "context");
  }
  return config;
}

async function loadClient(load: LoadClient) {
  try {
    return await load();
  } catch (error) {
    throw loadingError(PEER, error);
  }
}

async function get<T>(config: KubeConfig, path: string): Promise<T> {
  const url = new URL(`${config.getCurrentCluster()?.server.replace(/\/$/, "")}${path}`);
  // These paths have types of their own: the API server answers 406 to `application/json` alone.
  const headers = { accept: "application/jwk-set+json, application/json, */*" };
  const options = { method: "GET", headers, rejectUnauthorized: true, signal: AbortSignal.timeout(TIMEOUT_MS) };
  try {
    await config.applyToHTTPSOptions(options);
    const { status, text } = await send(url, options);
    if (status !== 200) {
      throw unreadable(url, `status ${status}`);
    }
    return JSON.parse(text) as T;
  } catch (error) {
    if (error instanceof OidcRunnerError) {
      throw error;
    }
    throw unreadable(url, error instanceof SyntaxError ? "the answer is not JSON" : (error as Error).message);
  }
}

function send(url: URL, options: object): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, text }));
    })
      .on("error", reject)
      .end();
  });
}

function unreadable(url: URL, reason: string): OidcRunnerError {
  return new OidcRunnerError("CLUSTER_KEYS_UNREADABLE", `the API server did not give its keys: ${reason}`, {
    where: `GET ${url.href}`,
    fix: "check network and credentials; the ClusterRole system:service-account-issuer-discovery permits it. Or give the keys as jwks",
  });
}

function invalid(what: string, option: string): OidcRunnerError {
  return new OidcRunnerError("KUBECONFIG_INVALID", what, {
    where: `jwksFromCluster.${option}`,
    fix: "give path and context so that `kubectl --kubeconfig PATH --context NAME get --raw /openid/v1/jwks` works",
  });
}
