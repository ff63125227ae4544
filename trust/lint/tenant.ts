import type { Rule } from "./rules-view";
import { CLUSTER_BEGINNING, SUBJECT_BEGINNINGS } from "./subject-beginnings";

/** Which part of a pattern says whose token it is: organization, owner, namespace or top group. */
export interface Tenant {
  /** The part's place in the pattern, `end` behind it. */
  start: number;
  end: number;
  /** Whether a delimiter ends the part; without one a final `*` runs on into what follows. */
  closed: boolean;
  /** Characters a name of a tenant can't hold, or that set apart tenants of one owner. */
  delimiters: string;
  /** Whether names hold no delimiter, so that a `*` between two delimiters stays between them. */
  confined: boolean;
}

/** Claims that are no subject but name the tenant, and what ends it; `""`: nothing, all of it is the tenant. */
const CLAIMS: Record<string, string> = {
  aud: "",
  repository: "/",
  repository_owner: "",
  job_workflow_ref: "/",
  workflow_ref: "/",
  project_path: "/",
  namespace_path: "/",
  org: "",
  // Ids are told apart by all their digits.
  repository_id: "",
  repository_owner_id: "",
  enterprise: "",
  enterprise_id: "",
  project_id: "",
  namespace_id: "",
  stackId: "",
  organization_slug: "",
  organization_id: "",
  terraform_organization_id: "",
  terraform_organization_name: "",
  terraform_workspace_id: "",
};

/** Namespaces are given out by the cluster's administrators, so a prefix ending in a hyphen can be theirs to promise. */
const CLUSTER_DELIMITERS = ":/@-";

/** Anybody can register an owner whose name begins like another's, hyphen or not. */
const PUBLIC_DELIMITERS = ":/@";

/** The tenant's part of a rule's pattern; undefined for a claim that names no tenant. */
export function tenantOf({ keys, shape }: Rule): Tenant | undefined {
  if (keys[0] === "kubernetes.io") {
    return keys.length === 2 && keys[1] === "namespace"
      ? { ...part(shape, 0, ""), delimiters: CLUSTER_DELIMITERS, confined: true }
      : undefined;
  }
  const [claim = ""] = keys;
  if (keys.length > 1) {
    return undefined;
  }
  if (claim === "sub") {
    const [start, end] = SUBJECT_BEGINNINGS.find(([text]) => shape.startsWith(text)) ?? ["", ":"];
    const confined = start === CLUSTER_BEGINNING;
    return {
      ...part(shape, start.length, end),
      delimiters: confined ? CLUSTER_DELIMITERS : PUBLIC_DELIMITERS,
      confined,
    };
  }
  const end = Object.hasOwn(CLAIMS, claim) ? CLAIMS[claim] : undefined;
  return end === undefined ? undefined : { ...part(shape, 0, end), delimiters: PUBLIC_DELIMITERS, confined: false };
}

function part(shape: string, start: number, delimiter: string): Pick<Tenant, "start" | "end" | "closed"> {
  const end = delimiter === "" ? -1 : shape.indexOf(delimiter, start);
  return { start, end: end < 0 ? shape.length : end, closed: end >= 0 || delimiter === "" };
}
