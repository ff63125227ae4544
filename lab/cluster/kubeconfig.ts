import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { OidcRunnerError } from "../../trust";
import { writePrivateFile } from "./private-file";

/** What a kubeconfig of the lab says: one server, one user with a bearer token. */
export interface Kubeconfig {
  /** `https://HOST:PORT`. */
  server: string;
  token?: string;
  /** PEM of the authority that signed the server's certificate. */
  ca?: string;
}

/** Writes a kubeconfig with mode 0600; `name` becomes its cluster, user and context. */
export function writeKubeconfig(path: string, name: string, { server, token, ca }: Kubeconfig): void {
  const cluster = {
    server,
    ...(ca === undefined ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
  };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
  writePrivateFile(path, stringify(config));
}

interface Named {
  name: string;
}

interface KubeconfigFile {
  clusters?: (Named & { cluster?: Record<string, string> })[];
  users?: (Named & { user?: Record<string, string> })[];
  contexts?: (Named & { context?: { cluster?: string; user?: string } })[];
  "current-context"?: string;
}

/**
 * Reads the current context of a kubeconfig: a server with inline or referenced certificate authority, a user with an
 * inline token. Client certificates and login plugins are not supported.
 *
 * @throws OidcRunnerError `KUBECONFIG_UNREADABLE`
 */
export function readKubeconfig(path: string): Kubeconfig {
  const refuse = (what: string, cause?: unknown) =>
    new OidcRunnerError("KUBECONFIG_UNREADABLE", what, {
      where: path,
      fix: "use the kubeconfig that the lab wrote (`oidc-runner lab status --json`)",
      cause,
    });
  let file: KubeconfigFile | null;
  try {
    file = parse(readFileSync(path, "utf8")) as KubeconfigFile | null;
  } catch (cause) {
    // The parser quotes the lines around a mistake, and one of them may be the token.
    throw refuse("the kubeconfig can't be read as YAML", (cause as NodeJS.ErrnoException).code);
  }
  const context = file?.contexts?.find(({ name }) => name === file["current-context"])?.context;
  const cluster = file?.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const user = file?.users?.find(({ name }) => name === context?.user)?.user;
  if (cluster?.server === undefined) {
    throw refuse("the kubeconfig's current context names no server");
  }
  const inline = cluster["certificate-authority-data"];
  const referenced = cluster["certificate-authority"];
  const ca =
    inline === undefined
      ? referenced && readFileSync(referenced, "utf8")
      : Buffer.from(inline, "base64").toString("utf8");
  return { server: cluster.server, token: user?.token, ca };
}
