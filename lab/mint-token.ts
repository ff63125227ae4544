import { OidcRunnerError } from "../trust";
import { givenClaims } from "./ci/systems";
import { connectToControl, HOW_TO_START } from "./control-connection";
import type { LabState } from "./types";

/**
 * A token of a CI system, signed by a running lab: that of the system's example job, with other claims where some are given.
 *
 * @param claims `NAME=VALUE` each; see `givenClaims`
 * @throws OidcRunnerError `LAB_UNKNOWN_ISSUER`, `LAB_UNKNOWN_CLAIM`, `INPUT_INVALID`, `LAB_NOT_FOUND`
 */
export async function mintToken(
  state: Pick<LabState, "control" | "ca">,
  issuer: string,
  claims: readonly string[],
): Promise<string> {
  const asked = givenClaims(issuer, claims);
  const connection = await connectToControl(state);
  try {
    const { status, text } = await connection.send("POST", "/ci/token", asked);
    if (status !== 200) {
      throw new OidcRunnerError("LAB_NOT_FOUND", `the lab does not sign: it answered HTTP ${status}`, {
        where: state.control.url,
        fix: HOW_TO_START,
      });
    }
    return (JSON.parse(text) as { token: string }).token;
  } finally {
    await connection.close();
  }
}
