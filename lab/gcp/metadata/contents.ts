import { type GkeCluster, workloadPool } from "../../../trust/issuers";
import { projectNumber } from "../project-number";
import type { GcpClient } from "./gcp-client";
import { MetadataRefusal } from "./refusal";
import type { Directory, Leaf } from "./tree";

const DEFAULT_SCOPES = [
  "https://www.googleapis.com/auth/cloud-platform",
  "https://www.googleapis.com/auth/userinfo.email",
];

/** What a metadata server needs to know of its workload. */
export interface ContentsOptions {
  cluster: GkeCluster & { issuer: string };
  gcp: GcpClient;
  /** A token of the workload's ServiceAccount for an audience. */
  subjectToken: (audience: string) => Promise<string>;
  /** The Google service account the ServiceAccount is annotated with, if it is. */
  email: string | undefined;
}

/**
 * The metadata tree of one pod. A new token is made for each request: GKE keeps them until shortly before they expire, but
 * in a lab a binding that was taken away should show at once.
 */
export function contents({ cluster, gcp, subjectToken, email }: ContentsOptions): Directory {
  const pool = workloadPool(cluster.project);
  const federated = async (scopes: string[]) =>
    gcp.exchange(`identitynamespace:${pool}:${cluster.issuer}`, await subjectToken(pool), scopes);

  const token = async (query: URLSearchParams) => {
    const scopes = (query.get("scopes") ?? "").split(",").filter(Boolean);
    const wanted = scopes.length === 0 ? DEFAULT_SCOPES : scopes;
    const made =
      email === undefined
        ? await federated(wanted)
        : await gcp.generateAccessToken((await federated(DEFAULT_SCOPES)).token, email, wanted);
    return JSON.stringify({ access_token: made.token, expires_in: made.expiresIn, token_type: "Bearer" });
  };
  const identity = async (query: URLSearchParams) => {
    const audience = query.get("audience") ?? "";
    if (audience === "") {
      throw new MetadataRefusal(400, "non-empty audience parameter required");
    }
    if (email === undefined) {
      // As GKE answers it, in the lab's words: a federated principal has no ID tokens of Google's.
      const fix = "annotate it with iam.gke.io/gcp-service-account=NAME@PROJECT.iam.gserviceaccount.com";
      throw new MetadataRefusal(404, `The Kubernetes ServiceAccount has no Google service account: ${fix}.`);
    }
    return gcp.generateIdToken((await federated(DEFAULT_SCOPES)).token, email, audience);
  };
  const account = directory({
    aliases: leaf(["default"]),
    email: leaf(email ?? pool),
    identity: { kind: "leaf", read: identity, hidden: true },
    scopes: leaf(DEFAULT_SCOPES),
    token: { kind: "leaf", read: token, hidden: true, type: "application/json" },
  });
  const attributes = { "cluster-location": leaf(cluster.location), "cluster-name": leaf(cluster.name) };
  const instance = {
    attributes: directory(attributes, true),
    "service-accounts": directory({ default: account, [email ?? pool]: account }, true),
  };
  const project = {
    "numeric-project-id": leaf(Number(projectNumber(cluster.project))),
    "project-id": leaf(cluster.project),
  };
  const v1 = directory({ instance: directory(instance), project: directory(project) });
  return directory({ computeMetadata: directory({ v1 }) }, true);
}

function leaf(value: string | number | string[]): Leaf {
  return { kind: "leaf", read: () => value };
}

function directory(entries: Directory["entries"], literal = false): Directory {
  return { kind: "directory", entries, literal };
}
