import { OidcRunnerError } from "../trust";
import type { Job, JobRequest } from "./ci";
import { CI_KEYS, givenClaims, isCiKey, readClaims, unknownIssuer } from "./ci/systems";
import { connectToControl, HOW_TO_START } from "./control-connection";
import { type EscEnvironment, PULUMI_KEYS } from "./pulumi-cloud";
import type { LabState } from "./types";

type Where = Pick<LabState, "control" | "ca">;

/**
 * A token of a CI system, of Pulumi Deployments or of Pulumi ESC, signed by a running lab: an example's, with other claims where
 * some are given.
 *
 * @param claims `NAME=VALUE` each; see `givenClaims`
 * @throws OidcRunnerError `LAB_UNKNOWN_ISSUER`, `LAB_UNKNOWN_CLAIM`, `INPUT_INVALID`, `LAB_NOT_FOUND`
 */
export async function mintToken(state: Where, issuer: string, claims: readonly string[]): Promise<string> {
  const pulumi = PULUMI_KEYS.find((key) => key === issuer);
  if (pulumi === undefined && !isCiKey(issuer)) {
    throw unknownIssuer(issuer, [...CI_KEYS, ...PULUMI_KEYS]);
  }
  const { token } =
    pulumi === undefined
      ? await ask<{ token: string }>(state, "POST", "/ci/token", givenClaims(issuer, claims))
      : await ask<{ token: string }>(state, "POST", "/pulumi-cloud/token", {
          issuer,
          claims: readClaims(pulumi, {}, claims),
        });
  return token;
}

/**
 * Starts a job of a CI system in a running lab.
 *
 * @throws OidcRunnerError `LAB_NOT_FOUND`
 */
export function startCiJob(state: Where, request: JobRequest): Promise<Job> {
  return ask(state, "POST", "/ci/jobs", request);
}

/**
 * Replaces the ESC environments of a running lab's organization, as `pulumi env ls` lists them.
 *
 * @throws OidcRunnerError `LAB_NOT_FOUND`
 */
export async function putEnvironments(
  state: Where & Pick<LabState, "pulumiCloud">,
  environments: readonly EscEnvironment[],
): Promise<void> {
  const organization = encodeURIComponent(state.pulumiCloud.organization);
  await ask(state, "PUT", `/pulumi-cloud/organizations/${organization}/environments`, environments);
}

async function ask<T>(state: Where, method: "POST" | "PUT", path: string, request: object): Promise<T> {
  const connection = await connectToControl(state);
  try {
    const { status, text } = await connection.send(method, path, request);
    if (status !== 200) {
      throw new OidcRunnerError("LAB_NOT_FOUND", `the lab does not do what it was asked: it answered HTTP ${status}`, {
        where: state.control.url,
        fix: HOW_TO_START,
      });
    }
    return JSON.parse(text) as T;
  } finally {
    await connection.close();
  }
}
