import { type Fetch, failureText, readJson, UnusableAnswer } from "../http";
import type { Identity } from "./identity";
import { type Refused, refuse } from "./verdict";

/** How the API server is asked about tokens. */
export interface TokenReviewOptions {
  /** Address of the API server, such as `kubernetesApi().url`. */
  apiServer: string;
  /**
   * A `fetch` that authenticates to it, such as `kubernetesApi().fetch`. Its ServiceAccount needs the ClusterRole
   * `system:auth-delegator`.
   */
  fetch: Fetch;
  /**
   * How long a reviewed token is remembered, in seconds: so long a deleted pod's token may still be accepted. Default: 0, every
   * request is reviewed.
   */
  cacheSeconds?: number;
}

/** Longest answer, in bytes. */
const LONGEST_ANSWER = 102_400;

/**
 * Asks the API server whether a token is good. It refuses the tokens of deleted pods, Secrets and ServiceAccounts, which by
 * signature and times are good until they expire; a pod counts as deleted a minute after its time (kubernetes/kubernetes,
 * pkg/serviceaccount/claims.go at 031075d, `Validate`).
 */
export async function review(
  token: string,
  identity: Identity,
  audiences: readonly string[],
  { apiServer, fetch }: TokenReviewOptions,
  timeoutMs: number,
): Promise<Refused | undefined> {
  let answer: unknown;
  try {
    const response = await fetch(new URL("/apis/authentication.k8s.io/v1/tokenreviews", apiServer).href, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenReview",
        spec: { token, audiences },
      }),
    });
    answer = await readJson(response, LONGEST_ANSWER);
    return refusalIn(answer, identity, audiences);
  } catch (error) {
    return refuse("REVIEW_UNAVAILABLE", `the API server did not review the token: ${failureText(error)}`, identity);
  }
}

/** An API server that knows no audiences leaves theirs out (kubernetes/kubernetes, api/authentication/v1/types.go at 008b365). */
function refusalIn(answer: unknown, identity: Identity, audiences: readonly string[]): Refused | undefined {
  const { status } = (answer ?? {}) as {
    status?: { authenticated?: unknown; audiences?: unknown; user?: { username?: unknown } };
  };
  if (typeof status !== "object" || status === null) {
    throw new UnusableAnswer("its answer is not a TokenReview");
  }
  if (status.authenticated !== true) {
    return refuse(
      "REVIEW_REFUSED",
      "the API server does not accept the token: its pod or account was deleted",
      identity,
    );
  }
  const known = Array.isArray(status.audiences) ? status.audiences : [];
  if (!known.some((audience) => audiences.includes(audience as string))) {
    return refuse("REVIEW_REFUSED", "the API server accepts the token for other audiences only", identity);
  }
  return status.user?.username === identity.subject
    ? undefined
    : refuse("REVIEW_REFUSED", "the API server takes the token for another account's", identity);
}
