import type { Row } from "./row";

/** Options of which only one kind can be given: each kind lists the beginnings of its options' labels. */
interface Exclusion {
  kinds: readonly (readonly string[])[];
  /** What the refusal may be called. */
  codes: readonly string[];
}

const CONFLICT = ["OPTION_CONFLICT"];

const EXCLUSIONS: readonly Exclusion[] = [
  {
    kinds: [
      ["accessToken.organization"],
      ["accessToken.team"],
      ["accessToken.personal"],
      ["accessToken.runner", "agent"],
    ],
    codes: CONFLICT,
  },
  { kinds: [["accessToken.organization.roleId"], ["accessToken.organization.admin"]], codes: ["TOKEN_ADMIN_INVALID"] },
  { kinds: [["job"], ["cronJob"], ["deployment"], ["agent"]], codes: CONFLICT },
  { kinds: [["command"], ["script"]], codes: CONFLICT },
  // The work is done in pods of the agent's making, which have neither.
  { kinds: [["agent"], ["script", "aws", "exchangeAwsToken", "gcp", "azure"]], codes: CONFLICT },
  {
    kinds: [['deployment.strategy.type="Recreate"'], ["deployment.strategy.rollingUpdate"]],
    codes: ["DEPLOYMENT_INVALID"],
  },
  // A given trust has its own keys, and only a given one definitions that are shared.
  { kinds: [["cluster.jwks"], ["cluster.jwksFromCluster"], ["trust", "createPolicy"]], codes: CONFLICT },
  // Both are about a definition of the runner's own.
  { kinds: [["createPolicy"], ["waive", "adoptPolicies"]], codes: CONFLICT },
  {
    kinds: [
      ["cluster.identities", "cluster.arn", "cluster.kubernetesNetworkConfig"],
      ["cluster.oidcProviderUrl", "cluster.eksCluster"],
      ["cluster.issuerUrl"],
    ],
    codes: CONFLICT,
  },
  // A resource has a name too; the others look nothing up.
  {
    kinds: [["cluster.name"], ["cluster.oidcProviderUrl", "cluster.eksCluster", "cluster.issuerUrl"]],
    codes: CONFLICT,
  },
  { kinds: [["aws.role"], ["aws.roleArn"], ["aws.podIdentity"]], codes: CONFLICT },
  {
    kinds: [
      ["aws.podIdentity.role"],
      // Both need a role that is given.
      ["aws.podIdentity.roleArn", "aws.podIdentity.disableSessionTags", "aws.podIdentity.policy"],
    ],
    codes: CONFLICT,
  },
  { kinds: [["aws.role.name"], ["aws.role.namePrefix"]], codes: CONFLICT },
  { kinds: [["aws.podIdentity.role.name"], ["aws.podIdentity.role.namePrefix"]], codes: CONFLICT },
  { kinds: [["aws.podIdentity"], ["exchangeAwsToken", "aws.createOidcProvider"]], codes: CONFLICT },
  { kinds: [["aws.createOidcProvider"], ["aws.roleArn", "cluster.oidcProviderArn"]], codes: CONFLICT },
  // The association is made by the cluster's name.
  { kinds: [["aws.podIdentity"], ["cluster.issuerUrl", "cluster.oidcProviderUrl"]], codes: ["OPTION_MISSING"] },
  { kinds: [["cluster.oidcIssuerProfile"], ["cluster.issuerUrl"]], codes: CONFLICT },
  { kinds: [["cluster.resourceGroupName"], ["cluster.issuerUrl"]], codes: CONFLICT },
  { kinds: [["azure.identity"], ["azure.clientId", "azure.tenantId"]], codes: CONFLICT },
  {
    kinds: [["gcp.serviceAccount"], ["gcp.serviceAccountEmail"], ["gcp.directPrincipal"]],
    codes: CONFLICT,
  },
];

/** What a pair of options is refused with; undefined for one that goes together. */
export function exclusionOf(one: Row, other: Row): readonly string[] | undefined {
  const codes = EXCLUSIONS.filter(({ kinds }) => {
    const [first, second] = [one, other].map(({ label }) => kinds.findIndex((kind) => kind.some(begins(label))));
    return first !== -1 && second !== -1 && first !== second;
  }).flatMap((exclusion) => exclusion.codes);
  return codes.length === 0 ? undefined : codes;
}

/** Whether a label is of an option, or of one inside of it. */
function begins(label: string): (option: string) => boolean {
  return (option) => label === option || label.startsWith(`${option}.`) || label.startsWith(`${option}=`);
}
