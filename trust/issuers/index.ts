import { formatClaimPath } from "../claims";
import { aks } from "./aks";
import { CI_ISSUERS, githubActions } from "./ci";
import { eks } from "./eks";
import { gke } from "./gke";
import { kubernetes } from "./kubernetes";
import { OTHER_ISSUERS } from "./other-issuers";
import { pulumiDeployments } from "./pulumi-deployments";
import { pulumiEsc } from "./pulumi-esc";
import type { ClaimFacts, IssuerFacts, IssuerRecord, KnownIssuer, Tenancy } from "./record";

/** Every issuer with a record. Where two sign at one address, the first is taken for it. */
export const ISSUERS = [...CI_ISSUERS, pulumiDeployments, pulumiEsc, eks, gke, aks, kubernetes] as const;

/** An issuer that the linter knows, by the name of its block in a trust or a policy. */
export type IssuerKey = (typeof ISSUERS)[number]["key"];

/** The subjects that users type, by issuer. */
export type IssuerSubjects = {
  [R in (typeof ISSUERS)[number] as R["key"]]: Parameters<R["rules"]>[0];
};

/** What says which issuer a trust is about, by issuer. */
export type IssuerTrusts = {
  [R in (typeof ISSUERS)[number] as R["key"]]: R extends IssuerRecord<string, never, infer T>
    ? unknown extends T
      ? KnownIssuer
      : T
    : never;
};

/** What is known of all issuers, also of those without a record. */
export const KNOWN_ISSUERS: readonly IssuerFacts[] = [...ISSUERS, ...OTHER_ISSUERS];

/** The record of the issuer at a URL; undefined for hosts that can be anybody's, such as a GitLab of one's own. */
export function issuerOf(url: string): IssuerRecord<IssuerKey> | undefined {
  const plain = url.replace(/\/$/, "");
  return ISSUERS.find(({ signs }) => signs(plain));
}

/** The record of an issuer by its key. */
export function issuerByKey(key: IssuerKey): IssuerRecord<IssuerKey> {
  const record = ISSUERS.find((entry) => entry.key === key);
  if (record === undefined) {
    throw new RangeError(`there is no issuer ${key}`);
  }
  return record;
}

/** `iss` of the tokens of the issuer that a trust's block names; undefined when the block does not say it. */
export function issuerUrlOf(key: IssuerKey, given: KnownIssuer, where: string): string | undefined {
  const { issuerUrl, urls } = issuerByKey(key);
  return issuerUrl === undefined ? (given.issuerUrl ?? urls[0]) : issuerUrl(given, where);
}

/** What names the tenant in tokens of an issuer (`HOST/PATH`) that signs for many; undefined for an issuer of one owner. */
export function tenancyClaim(issuer: string): Tenancy | undefined {
  const url = `https://${issuer.replace(/\/$/, "")}`;
  return KNOWN_ISSUERS.find(({ urls }) => urls.includes(url))?.tenancy;
}

/** What a claim of an issuer's tokens is worth; undefined for a claim that they never have. */
export function claimFacts({ claims }: IssuerFacts, keys: readonly string[]): ClaimFacts | undefined {
  const path = formatClaimPath(keys);
  if (path === undefined) {
    return undefined;
  }
  const prefix = Object.keys(claims).find((name) => name.endsWith("*") && path.startsWith(name.slice(0, -1)));
  return Object.hasOwn(claims, path) ? claims[path] : prefix === undefined ? undefined : claims[prefix];
}

export { aksTenant, checkAksIssuer } from "./aks";
export { type CustomSubject, custom } from "./custom";
export { isDefaultIssuer, refuseSharedIssuer } from "./default-cluster-issuer";
export {
  ANY,
  checkOperationList,
  checkRunsOrganization,
  checkStackPattern,
  checkStackPatterns,
  type DeploymentRuns,
  RUN_ATTRIBUTES,
  runAffixes,
  runIdentities,
  runNeighbours,
  runSubjects,
  runTokens,
  type StackPattern,
  USUAL_OPERATIONS,
} from "./deployment-runs";
export { eksRegion, POD_IDENTITY_AUDIENCE, STS_AUDIENCE } from "./eks";
export {
  type Cloud,
  type CustomAudienceOpenings,
  checkCustomAudience,
  checkEnvironments,
  checkOpenings,
  checkSubjectAttributes,
  customAudienceNeighbours,
  customAudienceStart,
  customAudienceSubjects,
  customAudienceTokens,
  type EnvironmentName,
  type EnvironmentOpenings,
  openingAffixes,
  openingAudience,
  openingNeighbours,
  openingSubjects,
  openingTokens,
  type SubjectAttribute,
  YAML,
} from "./environment-openings";
export {
  checkGkeNames,
  checkProjectId,
  checkWorkloadPool,
  type GkeCluster,
  gkeClusterOf,
  gkeIssuerUrl,
  workloadPool,
} from "./gke";
export { type PodIdentity, podClaims, serviceAccountOf, serviceAccountSubject } from "./kubernetes";
export { checkLiteral, subjectInvalid, UUID } from "./literal";
export { checkOwnIssuer } from "./own-issuer";
export { actionStep, type CiSystem, type Login, loginStep, type VendorAction } from "./pipeline";
export { type PodMaker, podNames } from "./pod-names";
export { PULUMI_ISSUER } from "./pulumi";
export { type DeploymentOperation, OPERATIONS } from "./pulumi-deployments";
export { CUSTOM_AUDIENCE_ISSUER, LEGACY_PROJECT } from "./pulumi-esc";
export {
  type ClaimFacts,
  type EntraComparisons,
  type IssuerFacts,
  type IssuerRecord,
  type KnownIssuer,
  type SubjectForm,
  tokenFor,
} from "./record";
export {
  checkIssuerOptions,
  checkKeySet,
  type KeySet,
  labelOf,
  leasedName,
  normalThumbprints,
  PRIVATE_MEMBERS,
  registeredName,
  sameKeySet,
  sameLabel,
  sameRegistrant,
  sameStack,
  sameThumbprints,
  wasTakenOver,
} from "./registration";
export { checkIssuerUrl } from "./url";
export { CI_ISSUERS, githubActions, kubernetes };
