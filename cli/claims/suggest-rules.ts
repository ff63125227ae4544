import { type Claims, claimValues, formatClaimPath, parseClaimPath } from "../../trust/claims";
import type { IssuerRecord } from "../../trust/issuers";

/** The rules of a policy that this token fulfils and that are worth having: claim path → value. */
export function suggestRules(claims: Claims, issuer: IssuerRecord | undefined): [path: string, value: string][] {
  const keys = [["aud"], ["sub"], ...(issuer?.suggested ?? []).map(parseClaimPath)];
  return keys.flatMap((path): [string, string][] => {
    const values = claimValues(claims, path);
    // Of several audiences the one for Pulumi Cloud is meant.
    const value = values.find((text) => text.startsWith("urn:pulumi:org:")) ?? values[0];
    const name = formatClaimPath(path);
    // A value with stars would be a pattern.
    return name === undefined || value === undefined || value === "" || /[*?]/.test(value) ? [] : [[name, value]];
  });
}
