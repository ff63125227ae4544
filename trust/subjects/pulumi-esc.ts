import { checkLiteral, PULUMI_NAME, PULUMI_ORGANIZATION } from "./literal";
import type { CompileSubject, PulumiEscSubject } from "./types";

/** The project of environments that were made before there were projects. */
const LEGACY_PROJECT = "default";

/**
 * Rules for an environment of Pulumi ESC: subject `pulumi:environments:org:ORGANIZATION:env:PROJECT/ENVIRONMENT` (Pulumi
 * documentation, "Configuring OpenID Connect" of ESC). In the project `default` the subject has the environment alone, and the
 * audience is the organization's bare name. Elsewhere the audience depends on what the token is made for
 * (`aws:ORGANIZATION`, …), so there is none to assume.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export const compilePulumiEsc: CompileSubject<PulumiEscSubject> = (subject, where) => {
  const { organization, project, environment } = subject;
  for (const [field, value] of Object.entries({ organization, project, environment })) {
    const form = field === "organization" ? PULUMI_ORGANIZATION : PULUMI_NAME;
    checkLiteral(value, `${where}.${field}`, form, `give the ${field}'s name alone`);
  }
  const isLegacy = project === LEGACY_PROJECT;
  const name = isLegacy ? environment : `${project}/${environment}`;
  const sub = `pulumi:environments:org:${organization}:env:${name}`;
  return { alternatives: [{ sub }], audience: isLegacy ? organization : null };
};
