import type { Claims } from "../claims";
import { checkLiteral, checkPattern, subjectInvalid } from "./literal";
import { namesLike } from "./near-misses";
import { PULUMI_ISSUER, PULUMI_NAME, PULUMI_ORGANIZATION } from "./pulumi";
import { CUSTOM_AUDIENCE_ISSUER, LEGACY_PROJECT } from "./pulumi-esc";

/**
 * What a login of Pulumi ESC can put into its token's subject (pulumi/docs at 0366b9fd,
 * content/docs/esc/guides/configuring-oidc/_index.md, "Custom token claim").
 */
export type SubjectAttribute =
  | "currentEnvironment.name"
  | "rootEnvironment.name"
  | "pulumi.user.login"
  | "pulumi.organization.login";

/** An environment by its names. */
export interface EnvironmentName {
  project: string;
  environment: string;
}

/** Environments of Pulumi ESC that open a login of one of the clouds. */
export interface EnvironmentOpenings {
  organization: string;
  /** Where the login is defined. */
  environments: readonly EnvironmentName[];
  /** In the definition's order; none for the subject that a login has without them. */
  subjectAttributes: readonly SubjectAttribute[];
  /** Logins of users, with `pulumi.user.login`. */
  users?: readonly string[];
  /** Environments that are opened first, with `rootEnvironment.name`. */
  rootEnvironments?: readonly EnvironmentName[];
  issuer?: string;
}

/** Environments whose `fn::open::oidc` makes tokens with an audience of one's own. Their subjects have ids. */
export interface CustomAudienceOpenings {
  audience: string;
  organizationId: string;
  environmentIds: readonly string[];
  issuer?: string;
}

const ATTRIBUTES: readonly SubjectAttribute[] = [
  ...(["currentEnvironment.name", "rootEnvironment.name"] as const),
  ...(["pulumi.user.login", "pulumi.organization.login"] as const),
];

/** Logins of users: no part of a subject has a colon. */
const LOGIN = /^[\w.@+-]+$/;
const ID = /^[A-Za-z0-9_-]+$/;

/**
 * Refuses attributes that ESC does not have, that are there twice, or that leave the login's environment out.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function checkSubjectAttributes(attributes: readonly SubjectAttribute[], where = "subjectAttributes"): void {
  const wrong = attributes.find((one, index) => !ATTRIBUTES.includes(one) || attributes.indexOf(one) !== index);
  if (wrong !== undefined) {
    throw subjectInvalid(`"${String(wrong)}" is unknown or there twice`, where, `use some of ${ATTRIBUTES.join(", ")}`);
  }
  if (attributes.length > 0 && !attributes.includes("currentEnvironment.name")) {
    const fix = "add currentEnvironment.name: otherwise any environment of the organization could hold the login";
    throw subjectInvalid("the subject would not name the environment that holds the login", where, fix);
  }
}

/**
 * Refuses names that can't be those of an environment, one that is there twice, and environments of the legacy project `default` beside
 * others, because their tokens have another audience.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function checkEnvironments(environments: readonly EnvironmentName[], where = "environments"): void {
  if (!Array.isArray(environments) || environments.length === 0) {
    const fix = 'give environments, such as [{ project: "site", environment: "prod" }]';
    throw subjectInvalid("there is no environment to trust", where, fix);
  }
  const seen = new Set<string>();
  environments.forEach(({ project, environment }, index) => {
    for (const [field, value] of Object.entries({ project, environment })) {
      checkLiteral(value, `${where}[${index}].${field}`, PULUMI_NAME, `give the ${field}'s name alone`);
    }
    const name = `${project}/${environment}`;
    if (seen.has(name)) {
      throw subjectInvalid(`${name} is there twice`, `${where}[${index}]`, "name each environment once");
    }
    seen.add(name);
  });
  const legacy = environments.filter(({ project }) => project === LEGACY_PROJECT).length;
  if (legacy > 0 && legacy < environments.length) {
    const what = "tokens of environments of the project default have another audience than those of other projects";
    throw subjectInvalid(what, where, "make a trust of its own for them, or move them to a project");
  }
}

/**
 * Refuses an organization, users or environments opened first that can't be those of tokens, or that are missing where the subject
 * names them.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function checkOpenings(openings: EnvironmentOpenings): void {
  const { organization, environments, subjectAttributes, users = [], rootEnvironments = [] } = openings;
  checkLiteral(organization, "organization", PULUMI_ORGANIZATION, "give the organization's name alone");
  checkEnvironments(environments);
  checkSubjectAttributes(subjectAttributes);
  for (const [attribute, field, values] of [
    ["pulumi.user.login", "users", users],
    ["rootEnvironment.name", "rootEnvironments", rootEnvironments],
  ] as const) {
    const isNamed = subjectAttributes.includes(attribute);
    if (isNamed !== values.length > 0) {
      const fix = isNamed ? `give ${field}` : `add ${attribute} to subjectAttributes, or leave ${field} out`;
      throw subjectInvalid(`subjectAttributes ${isNamed ? "has" : "lacks"} ${attribute}`, field, fix);
    }
  }
  for (const [index, user] of users.entries()) {
    checkLiteral(user, `users[${index}]`, LOGIN, "give the login alone");
  }
  if (rootEnvironments.length > 0) {
    checkEnvironments(rootEnvironments, "rootEnvironments");
    if (rootEnvironments.some(({ project }) => project === LEGACY_PROJECT)) {
      const what = "what rootEnvironment.name is for the project default is not documented";
      throw subjectInvalid(what, "rootEnvironments", "move the environment to a project");
    }
  }
}

/**
 * Refuses an audience and ids that can't be those of tokens.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function checkCustomAudience({ audience, organizationId, environmentIds }: CustomAudienceOpenings): void {
  const where = "customAudience";
  const isPossible = typeof audience === "string" && audience !== "" && Buffer.byteLength(audience) <= 512;
  if (!isPossible || /\p{Cc}/u.test(audience)) {
    throw subjectInvalid("the audience is empty or too long", `${where}.audience`, "use 1 to 512 bytes");
  }
  checkPattern(organizationId, `${where}.organizationId`, ID, "give the organization's id, not its name");
  if (!Array.isArray(environmentIds) || environmentIds.length === 0) {
    throw subjectInvalid("there is no environment to trust", `${where}.environmentIds`, "give the environments' ids");
  }
  environmentIds.forEach((id, index) => {
    checkPattern(id, `${where}.environmentIds[${index}]`, ID, "give the environment's id, not its name");
  });
}

/** The clouds that logins name in their audience. */
export type Cloud = "aws" | "azure" | "gcp";

/** `aud` of a login's tokens: the cloud and the organization, or the organization alone for the project `default`. */
export function openingAudience({ organization, environments }: EnvironmentOpenings, cloud: Cloud): string {
  return environments.some(({ project }) => project === LEGACY_PROJECT) ? organization : `${cloud}:${organization}`;
}

/** The subjects of the logins' tokens, one for each environment, user and environment opened first. */
export function openingSubjects(openings: EnvironmentOpenings): string[] {
  return subjects(openings).map((parts) => parts.map(({ text }) => text).join(""));
}

/** Tokens of the logins. */
export function openingTokens(openings: EnvironmentOpenings, cloud: Cloud): Claims[] {
  const aud = openingAudience(openings, cloud);
  return openingSubjects(openings).map((sub) => ({ iss: openings.issuer ?? PULUMI_ISSUER, aud, sub }));
}

/** Tokens that resemble them and are none of them: other names, other forms of the subject, other audiences. */
export function openingNeighbours(openings: EnvironmentOpenings, cloud: Cloud): Claims[] {
  const { organization, environments } = openings;
  const wanted = openingSubjects(openings);
  const others = [
    ...subjects(openings).flatMap(nearMisses),
    ...openingSubjects({ organization, environments, subjectAttributes: [] }),
    ...openingSubjects({ organization, environments, subjectAttributes: ["currentEnvironment.name"] }),
    ...wanted.flatMap((sub) => [sub.replace(/:[^:]+:[^:]+$/, ""), `${sub}:pulumi.user.login:someone`]),
    `pulumi:environments:org:${organization}:env:${YAML}`,
    `pulumi:deploy:org:${organization}:project:some-project:stack:some-stack:operation:update:scope:write`,
  ].filter((sub) => !wanted.includes(sub));
  const aud = openingAudience(openings, cloud);
  const audiences = [...namesLike(aud), ...["aws:", "gcp:", "azure:", ""].map((start) => `${start}${organization}`)];
  return neighbours(openings.issuer ?? PULUMI_ISSUER, { wanted, others, aud, audiences });
}

/** What stands for an environment's name when a stack's configuration opens it (pulumi/pulumi#14509). */
export const YAML = "<yaml>";

/** How the subjects of an organization's logins begin. */
export function openingAffixes(organization: string): { start: string }[] {
  return [`org:${organization}:`, `pulumi.organization.login:${organization}:`].map((start) => ({
    start: `pulumi:environments:${start}`,
  }));
}

/** The subjects of tokens with an audience of one's own. */
export function customAudienceSubjects({ organizationId, environmentIds }: CustomAudienceOpenings): string[] {
  return environmentIds.map((id) => `${customAudienceStart(organizationId)}env:${id}`);
}

/** Such tokens. */
export function customAudienceTokens(openings: CustomAudienceOpenings): Claims[] {
  const { audience: aud, issuer = CUSTOM_AUDIENCE_ISSUER } = openings;
  return customAudienceSubjects(openings).map((sub) => ({ iss: issuer, aud, sub }));
}

/** Tokens that resemble them and are none of them. */
export function customAudienceNeighbours(openings: CustomAudienceOpenings): Claims[] {
  const { audience: aud, organizationId, environmentIds, issuer = CUSTOM_AUDIENCE_ISSUER } = openings;
  const wanted = customAudienceSubjects(openings);
  const others = environmentIds
    .flatMap((id) =>
      nearMisses([
        { text: "pulumi:org:" },
        { text: organizationId, isName: true },
        { text: ":env:" },
        { text: id, isName: true },
      ]),
    )
    .filter((sub) => !wanted.includes(sub));
  return neighbours(issuer, { wanted, others, aud, audiences: namesLike(aud) });
}

/** How the subjects of an organization's tokens with an audience of one's own begin. */
export function customAudienceStart(organizationId: string): string {
  return `pulumi:org:${organizationId}:`;
}

/** A piece of a subject: a name that can differ, or what stands between names. */
interface Piece {
  text: string;
  isName?: true;
}

function subjects(openings: EnvironmentOpenings): Piece[][] {
  const { organization, environments, subjectAttributes, users = [], rootEnvironments = [] } = openings;
  const organizationName: Piece = { text: organization, isName: true };
  if (subjectAttributes.length === 0) {
    const start = [{ text: "pulumi:environments:org:" }, organizationName, { text: ":env:" }];
    return environments.map((environment) => [...start, ...environmentName(environment)]);
  }
  const values: Record<SubjectAttribute, Piece[][]> = {
    "currentEnvironment.name": environments.map(environmentName),
    "rootEnvironment.name": rootEnvironments.map(environmentName),
    "pulumi.user.login": users.map((text) => [{ text, isName: true }]),
    "pulumi.organization.login": [[organizationName]],
  };
  return subjectAttributes.reduce<Piece[][]>(
    (before, attribute) =>
      before.flatMap((pieces) => values[attribute].map((value) => [...pieces, { text: `:${attribute}:` }, ...value])),
    [[{ text: "pulumi:environments:pulumi.organization.login:" }, organizationName]],
  );
}

function environmentName({ project, environment }: EnvironmentName): Piece[] {
  const name: Piece = { text: environment, isName: true };
  return project === LEGACY_PROJECT ? [name] : [{ text: project, isName: true }, { text: "/" }, name];
}

function nearMisses(pieces: readonly Piece[]): string[] {
  return pieces.flatMap(({ text, isName }, index) =>
    (isName ? namesLike(text) : []).map((other) =>
      pieces.map((piece, at) => (at === index ? other : piece.text)).join(""),
    ),
  );
}

function neighbours(
  iss: string,
  { wanted, others, aud, audiences }: { wanted: string[]; others: string[]; aud: string; audiences: string[] },
): Claims[] {
  return [
    ...others.map((sub) => ({ iss, aud, sub })),
    ...audiences.filter((other) => other !== aud).flatMap((other) => wanted.map((sub) => ({ iss, aud: other, sub }))),
  ];
}
