import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { isRecord } from "../../../plugin/server";
import { OidcRunnerError } from "../../../trust";

/** How to reach a cluster and as whom. */
export interface ClusterAccess {
  /** Base URL of the API server. */
  server: string;
  /** PEM of the certificate authority. */
  ca?: string;
  token?: string;
  /** Namespace of the context; `default` when it names none. */
  namespace: string;
}

/** Which kubeconfig, and which part of it. */
export interface KubeconfigChoice {
  /** Content (YAML or JSON) or path of a kubeconfig. Default: the files in the environment's `KUBECONFIG`. */
  kubeconfig?: string;
  context?: string;
  cluster?: string;
}

type Entry = Record<string, unknown> & { name?: unknown };

/**
 * Finds the cluster to talk to.
 *
 * Unlike the official provider it never falls back to `~/.kube/config`: a stand-in that was started without a lab must
 * not touch somebody's real cluster.
 */
export function clusterAccess(choice: KubeconfigChoice, env: NodeJS.ProcessEnv = process.env): ClusterAccess {
  const { document, directory } = load(choice.kubeconfig, env);
  const contextName = choice.context ?? document["current-context"];
  const context = find(document, "contexts", contextName, "context");
  const cluster = find(document, "clusters", choice.cluster ?? context.cluster, "cluster");
  const user = context.user === undefined ? {} : find(document, "users", context.user, "user");
  const token = text(user.token) ?? fileText(user.tokenFile, directory)?.trim();
  if (token === undefined && Object.keys(user).length > 0) {
    throw invalid("its user has no token, and the lab's provider supports no other way to log in");
  }
  const server = text(cluster.server);
  const authority = text(cluster["certificate-authority-data"]);
  if (server === undefined) {
    throw invalid("its cluster has no server");
  }
  return {
    server: server.replace(/\/+$/, ""),
    ca: authority === undefined ? fileText(cluster["certificate-authority"], directory) : decode(authority),
    token,
    namespace: text(context.namespace) ?? "default",
  };
}

function load(
  given: string | undefined,
  env: NodeJS.ProcessEnv,
): { document: Record<string, unknown>; directory: string } {
  if (given !== undefined && given !== "") {
    // A path has no line break and no colon-separated keys; content parses to an object.
    const parsed = parseYaml(given);
    if (isRecord(parsed)) {
      return { document: parsed, directory: process.cwd() };
    }
    return loadFile(given);
  }
  const files = (env.KUBECONFIG ?? "").split(path.delimiter).filter((file) => file !== "");
  if (files.length === 0) {
    throw new OidcRunnerError("KUBECONFIG_MISSING", "no kubeconfig was given", {
      where: "provider configuration kubernetes:kubeconfig, environment KUBECONFIG",
      fix: "source the environment file that `oidc-runner lab up` prints",
    });
  }
  const loaded = files.map(loadFile);
  // As kubectl does: of two entries with one name the first file's wins.
  const merge = (key: string) => loaded.flatMap(({ document }) => (Array.isArray(document[key]) ? document[key] : []));
  return {
    document: {
      "current-context": loaded.map(({ document }) => document["current-context"]).find((name) => name !== undefined),
      contexts: merge("contexts"),
      clusters: merge("clusters"),
      users: merge("users"),
    },
    directory: loaded[0]?.directory ?? process.cwd(),
  };
}

function loadFile(file: string): { document: Record<string, unknown>; directory: string } {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    throw new OidcRunnerError("KUBECONFIG_UNREADABLE", (error as Error).message, { cause: error });
  }
  const document = parseYaml(content);
  if (!isRecord(document)) {
    throw invalid("it is not a YAML object");
  }
  return { document, directory: path.dirname(path.resolve(file)) };
}

function parseYaml(content: string): unknown {
  try {
    return parse(content);
  } catch {
    // The parser's message quotes the text, which holds credentials.
    throw invalid("it is not YAML");
  }
}

function find(document: Record<string, unknown>, list: string, name: unknown, part: string): Record<string, unknown> {
  const entries = Array.isArray(document[list]) ? (document[list] as Entry[]) : [];
  const found = entries.find((entry) => isRecord(entry) && entry.name === name);
  if (found === undefined || !isRecord(found[part])) {
    throw invalid(`it has no ${part} called "${text(name) ?? ""}"`);
  }
  return found[part];
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

function fileText(file: unknown, directory: string): string | undefined {
  const name = text(file);
  if (name === undefined) {
    return undefined;
  }
  try {
    return readFileSync(path.resolve(directory, name), "utf8");
  } catch (error) {
    throw new OidcRunnerError("KUBECONFIG_UNREADABLE", (error as Error).message, { cause: error });
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function invalid(why: string): OidcRunnerError {
  return new OidcRunnerError("KUBECONFIG_INVALID", `the kubeconfig cannot be used: ${why}`);
}
