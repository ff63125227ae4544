import { readFileSync } from "node:fs";
import { OidcRunnerError } from "../trust";
import type { VerifierDocument, VerifierIssuer } from "../trust/parties/service";
import { type KubernetesApi, kubernetesApi } from "./clients";
import { createVerifier, type TrustedIssuer, type Verifier, type VerifierOptions } from "./verify";

/** The variable by which a pod of a `VerifiedService` finds what its verifier is made of. */
const VARIABLE = "OIDC_RUNNER_VERIFIER_FILE";

/** What the deployment does not say of a verifier, and where the rest is. */
export interface EnvironmentOptions extends Omit<VerifierOptions, "issuers" | "audience" | "allow"> {
  /** Path of the file. Default: `OIDC_RUNNER_VERIFIER_FILE`. */
  file?: string;
  /** The API server that keys are read from and that reviews tokens, where the deployment asks for it. Default: `kubernetesApi()`. */
  api?: KubernetesApi;
}

/**
 * The verifier of a pod that the component `VerifiedService` of `pulumi-oidc-runner` deployed: issuers, audience and list of callers are
 * those of its arguments. Anywhere else, a JSON file with `issuers`, `audience` and `allow`, as `createVerifier` takes them, does as well.
 *
 * Errors: `OPTION_MISSING` without the variable, `INPUT_INVALID` for a file that can't be read, and those of `createVerifier`.
 *
 * @example
 * const verifier = verifierFromEnvironment();
 * await verifier.ready();
 * app.get("/private", guardExpress(verifier), handler);
 */
export function verifierFromEnvironment(options: EnvironmentOptions = {}): Verifier {
  const { file = process.env[VARIABLE], api, ...others } = options;
  if (!file) {
    throw new OidcRunnerError("OPTION_MISSING", `${VARIABLE} is not set, so nothing says whose tokens to accept`, {
      where: VARIABLE,
      fix: "deploy the server with VerifiedService, or give `file`",
    });
  }
  const { issuers, audience, allow } = read(file);
  let own = api;
  const inCluster = () => {
    own ??= kubernetesApi();
    return own;
  };
  return createVerifier({ ...others, issuers: issuers.map((issuer) => trusted(issuer, inCluster)), audience, allow });
}

function trusted(given: VerifierIssuer, inCluster: () => KubernetesApi): TrustedIssuer {
  const { jwksFromApiServer, tokenReview, ...issuer } = given;
  return {
    ...issuer,
    ...(jwksFromApiServer && { jwksUri: `${inCluster().url}/openid/v1/jwks`, fetch: inCluster().fetch }),
    ...(tokenReview && { tokenReview: { ...tokenReview, apiServer: inCluster().url, fetch: inCluster().fetch } }),
  };
}

function read(file: string): VerifierDocument {
  try {
    const document = JSON.parse(readFileSync(file, "utf8")) as VerifierDocument | null;
    if (Array.isArray(document?.issuers)) {
      return document;
    }
  } catch (cause) {
    throw unreadable(file, (cause as NodeJS.ErrnoException).code ?? "it is not JSON", cause);
  }
  throw unreadable(file, "it has no list `issuers`");
}

function unreadable(file: string, why: string, cause?: unknown): OidcRunnerError {
  return new OidcRunnerError("INPUT_INVALID", `${file} can't be read: ${why}`, {
    where: file,
    fix: "give a JSON file with issuers, audience and allow",
    cause,
  });
}
