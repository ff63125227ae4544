import { type Claims, claimValues, formatClaimPath } from "../../trust/claims";
import type { IssuerKind } from "../../trust/lint";

/** Claims that say whose token it is and stay the same from one token to the next, by issuer; after `aud` and `sub`. */
const GOOD: Record<IssuerKind, string[][]> = {
  kubernetes: [
    ["kubernetes.io", "namespace"],
    ["kubernetes.io", "serviceaccount", "name"],
    ["kubernetes.io", "serviceaccount", "uid"],
  ],
  github: [["repository_id"], ["repository_owner_id"], ["ref"], ["environment"], ["job_workflow_ref"]],
  gitlab: [["project_id"], ["namespace_id"], ["ref"], ["ref_type"], ["environment"]],
  pulumi: [["org"], ["project"], ["stack"], ["operation"]],
};

/** The rules of a policy that this token fulfils and that are worth having: claim path → value. */
export function suggestRules(claims: Claims, kind: IssuerKind | undefined): [path: string, value: string][] {
  const keys = [["aud"], ["sub"], ...(kind === undefined ? [] : GOOD[kind])];
  return keys.flatMap((path): [string, string][] => {
    const values = claimValues(claims, path);
    // Of several audiences the one for Pulumi Cloud is meant.
    const value = values.find((text) => text.startsWith("urn:pulumi:org:")) ?? values[0];
    const name = formatClaimPath(path);
    // A value with stars would be a pattern.
    return name === undefined || value === undefined || value === "" || /[*?]/.test(value) ? [] : [[name, value]];
  });
}
