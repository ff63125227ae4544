import { type Claims, shown } from "../../claims";
import { OidcRunnerError } from "../../errors";
import { podClaims } from "../../issuers";
import { type PolicyDefinition, tokenRequest } from "../../policy";
import type { CompiledDefinition } from "./compile";
import { evaluate, type Verdict } from "./evaluate";
import { explainShared } from "./explain-shared";
import { type ProvenTrust, proveRunnerTrust, type RunnerTrust } from "./proof";

/** Definitions that runners rely on instead of having their own. */
export interface SharedTrust {
  /** Organization they are written in. */
  organization: string;
  /** All definitions that are written together; of others on the issuer nothing is known. */
  compiled: readonly CompiledDefinition[];
}

/** The runner that relies on them. */
export interface SharingRunner extends RunnerTrust {
  /** Names its pods may have, one or more. */
  podNames: readonly string[];
  /** The argument that errors are about. */
  where: string;
}

/**
 * Proves that definitions which runners share admit a runner's pod: the token it will get is exchanged for the token the runner
 * asks for and, unless it asks for one, never for an administrator's. That they admit others too is what they are for.
 *
 * @returns the runner's trust, with the definition that admits it
 * @throws OidcRunnerError `TRUST_FOR_OTHER_ORGANIZATION`, `TRUST_DOES_NOT_ADMIT`, `TRUST_FOR_OTHER_ROLE`, `TRUST_ALLOWS_ADMIN`,
 * and those of {@link proveRunnerTrust}
 */
export function proveSharedTrust(runner: SharingRunner, shared: SharedTrust): ProvenTrust {
  const { where, token, podNames } = runner;
  const own = proveRunnerTrust(runner);
  if (shared.organization !== runner.organization) {
    throw new OidcRunnerError(
      "TRUST_FOR_OTHER_ORGANIZATION",
      `the given trust is of the organization ${shared.organization}, the runner of ${runner.organization}`,
      { where, fix: "give an OidcTrustSetup of the runner's organization" },
    );
  }
  const definitions = shared.compiled.map(({ definition }) => definition);
  const tokens = podNames.map((podName) => podClaims({ ...own, podName }));
  const verdicts = tokens.map((claims) => admitted(claims));
  const definition = definitions[verdicts[0]?.index ?? -1];
  if (definition === undefined) {
    throw new RangeError("a runner's pods have a name");
  }
  for (const verdict of verdicts) {
    checkRole(verdict);
  }
  if (token.admin !== true) {
    for (const claims of tokens) {
      checkNoAdmin(claims);
    }
  }
  return { ...own, definition };

  function admitted(claims: Claims): Verdict {
    const verdict = evaluate(definitions, claims, tokenRequest(token));
    if (verdict.decision === "deny") {
      const { what, fix } = explainShared(shared.compiled, claims, token);
      throw new OidcRunnerError("TRUST_DOES_NOT_ADMIT", `the given trust refuses this runner's pod: ${what}`, {
        where,
        fix,
      });
    }
    return verdict;
  }

  /** Of several allows that match, it is not documented which one gives its role: all must give the same. */
  function checkRole({ considered }: Verdict): void {
    const wanted = token.roleId ?? "";
    for (const { outcome, index } of considered) {
      const { roleID } = definitions[index] as PolicyDefinition;
      if (outcome === "matches" && (roleID ?? "") !== wanted) {
        throw new OidcRunnerError(
          "TRUST_FOR_OTHER_ROLE",
          `${placeOf(index)} gives this runner's pod a token with ${roleText(roleID)}, the runner asks for ${roleText(token.roleId)}`,
          {
            where,
            fix: `${roleID ? `give the runner accessToken: { organization: { roleId: "${shown(roleID)}" } }` : "leave roleId out"}, or change the definition`,
          },
        );
      }
    }
  }

  /** A pod may ask for whatever it is allowed, whatever its runner was told: a token of any type may come to this. */
  function checkNoAdmin(claims: Claims): void {
    const verdict = evaluate(definitions, claims, { tokenType: "organization", admin: true });
    if (verdict.decision === "allow") {
      throw new OidcRunnerError(
        "TRUST_ALLOWS_ADMIN",
        `${placeOf(verdict.index ?? 0)} allows this runner's pod an administrator's token, which the runner does not ask for`,
        {
          where,
          fix:
            "give the policy for administrators to the ServiceAccounts that need it alone" +
            `${token.tokenType === "organization" ? ", or set admin: true where this runner is one of them" : ""}`,
        },
      );
    }
  }

  function placeOf(index: number): string {
    return `policies[${shared.compiled[index]?.origin ?? index}]`;
  }
}

function roleText(role: string | undefined): string {
  return role ? `the role ${shown(role)}` : "the organization's default role";
}
