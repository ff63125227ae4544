import { type Claims, claimValues } from "../../../trust/claims";
import { POD_IDENTITY_AUDIENCE } from "../../../trust/issuers";
import type { JsonWebKeySet } from "../../pulumi-cloud/keys";
import { checkSignature, readClaims } from "../token-signature";
import { AgentRefusal, eksAuthError } from "./refusal";

/** The pod that a token says it is from. */
export interface PodSubject {
  namespace: string;
  serviceAccount: string;
  podName: string;
  podUid: string;
}

/** What a token must be. */
export interface ExpectedPodToken {
  /** The issuer of the agent's own cluster. */
  issuer: string;
  keys: (issuer: string) => Promise<JsonWebKeySet>;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Verifies a pod's token first as the agent does, which reads it without believing it, then as EKS Auth does, which knows
 * the cluster's keys. The statuses are those of the EKS Auth API, the words behind its codes are ours where they were never
 * seen.
 */
export async function verifyPodToken(token: string, expected: ExpectedPodToken): Promise<PodSubject> {
  const claims = await looksGood(token, expected.now);
  const invalid = (detail: string) =>
    eksAuthError("InvalidTokenException", 400, "The token included in the request is invalid.", detail);
  if (claims.iss !== expected.issuer) {
    throw invalid(`the issuer is ${String(claims.iss)}, the cluster's is ${expected.issuer}`);
  }
  const keys = await expected.keys(expected.issuer).catch((error: Error) => {
    throw invalid(`no keys: ${error.message}`);
  });
  const signature = await checkSignature(token, keys);
  if (signature !== "good") {
    throw invalid(signature === "wrong" ? "the signature is wrong" : "the cluster has no key for the token");
  }
  const audiences = claimValues(claims, ["aud"]);
  if (!audiences.includes(POD_IDENTITY_AUDIENCE)) {
    throw invalid(`the audience is ${audiences.join(", ")}`);
  }
  const text = (...path: string[]) => claimValues(claims, ["kubernetes.io", ...path])[0] ?? "";
  const subject = {
    namespace: text("namespace"),
    serviceAccount: text("serviceaccount", "name"),
    podName: text("pod", "name"),
    podUid: text("pod", "uid"),
  };
  const missing = Object.entries(subject).find(([, value]) => value === "");
  if (missing !== undefined) {
    throw invalid(`the token does not say its ${missing[0]}`);
  }
  return subject;
}

/** What the agent itself looks at (its `internal/validation`): that it is a token, and its times. */
async function looksGood(token: string, now: number): Promise<Claims> {
  if (token === "") {
    throw new AgentRefusal(400, "Service account token cannot be empty");
  }
  const claims = await readClaims(token);
  if (claims === undefined) {
    throw new AgentRefusal(400, "Service account token cannot be parsed: token is malformed");
  }
  const seconds = now / 1000;
  const { exp, nbf } = claims;
  const why =
    typeof exp !== "number" || exp <= seconds
      ? "token is expired"
      : typeof nbf === "number" && nbf > seconds
        ? "token is not valid yet"
        : undefined;
  if (why !== undefined) {
    throw new AgentRefusal(400, `Service account token failed basic claim validations: ${why}`);
  }
  return claims;
}
