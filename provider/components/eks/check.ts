import { OidcRunnerError } from "../../../trust";
import { checkOwnIssuer } from "../../../trust/issuers";
import { checkRoleArn, checkRoleOptions, conditionKeyPrefix, type RoleOptions } from "../../../trust/parties/aws";
import { checkSessionPolicy } from "../../../trust/parties/aws/target-role";
import { type Check, checksOf } from "../../resources";
import { checkRegion, checkTokenExpiration } from "../../workload/access";
import type { AwsRole } from "../aws";
import { atMostOne, exactlyOne } from "../lib";
import type { EksAws, EksAwsBlocks, EksPodIdentity, EksPodIdentityBlocks } from "./args";
import { clusterWay, type EksCluster } from "./cluster";

/** What a runner on EKS has besides any runner. */
interface EksOptions {
  cluster: EksCluster;
  aws?: EksAws;
  exchangeAwsToken?: boolean;
}

/** The values of a runner's cluster and access to AWS that are checked. */
interface EksInputs {
  issuerUrl?: string;
  /** Where it has to be the one for `issuerUrl`. */
  oidcProviderArn?: string;
  role?: RoleOptions;
  roleArn?: string;
  podRole?: RoleOptions;
  podRoleArn?: string;
  targetRoleArn?: string;
  sessionPolicy?: string;
  region?: string;
  tokenExpirationSeconds?: number;
}

/** The same as a program gives them. */
export function eksInputs({ cluster, aws }: EksOptions) {
  const { role, roleArn, podIdentity, region, tokenExpirationSeconds }: Partial<EksAwsBlocks> = aws ?? {};
  const { issuerUrl } = cluster;
  const oidcProviderArn = role === undefined || issuerUrl === undefined ? undefined : cluster.oidcProviderArn;
  const {
    role: podRole,
    roleArn: podRoleArn,
    targetRoleArn,
    policy: sessionPolicy,
  }: Partial<EksPodIdentityBlocks> = podIdentity ?? {};
  return {
    ...{ issuerUrl, oidcProviderArn, role, roleArn, podRole, podRoleArn, targetRoleArn, sessionPolicy },
    ...{ region, tokenExpirationSeconds },
  };
}

const check = checksOf<EksInputs>();

/** Checks of a runner's cluster and access to AWS. */
export function eksChecks(name: string, args: EksOptions): Check<EksInputs>[] {
  return [
    check.options("issuerUrl", () => checkOptions(name, args)),
    check.one("issuerUrl", (url) => checkOwnIssuer(url)),
    check.one("roleArn", (arn) => checkRoleArn(arn)),
    check.settings("role", (role) => checkRoleOptions(role, "aws.role")),
    check.one("podRoleArn", (arn) => checkRoleArn(arn, "aws.podIdentity.roleArn")),
    check.settings("podRole", (role) => checkRoleOptions(role, "aws.podIdentity.role")),
    check.one("targetRoleArn", (arn) => checkRoleArn(arn, "aws.podIdentity.targetRoleArn")),
    check.one("sessionPolicy", (text) => checkSessionPolicy(text)),
    check.one("region", checkRegion),
    check.one("tokenExpirationSeconds", (seconds) => checkTokenExpiration(seconds, "aws.tokenExpirationSeconds", 600)),
    check.several(["oidcProviderArn", "issuerUrl"], ({ oidcProviderArn = "", issuerUrl = "" }) =>
      conditionKeyPrefix(oidcProviderArn, issuerUrl),
    ),
  ];
}

/** Refuses arguments that do not go together, whatever their values are. */
function checkOptions(name: string, { cluster, aws, exchangeAwsToken }: EksOptions): void {
  const way = clusterWay(cluster, `${name}.cluster`);
  if (aws !== undefined) {
    checkAws(name, aws, cluster);
    if (aws.podIdentity !== undefined && (way === "issuerUrl" || (way === "oidcProviderUrl" && !cluster.eksCluster))) {
      throw new OidcRunnerError("OPTION_MISSING", "EKS Pod Identity needs the cluster's name", {
        where: `${name}.cluster`,
        fix: "give the cluster by name or by its resource",
      });
    }
  }
  if (exchangeAwsToken && aws?.role === undefined && aws?.roleArn === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", "exchangeAwsToken needs the token of aws.role or aws.roleArn", {
      where: `${name}.exchangeAwsToken`,
      fix: "give aws.role or aws.roleArn, or leave it out: the pod has a token of its own for Pulumi Cloud",
    });
  }
}

function checkAws(name: string, aws: EksAws, cluster: EksCluster): void {
  const { role = {}, roleArn, podIdentity, createOidcProvider } = aws;
  exactlyOne(aws, ["role", "roleArn", "podIdentity"], `${name}.aws`);
  atMostOne<AwsRole, keyof AwsRole>(role, ["name", "namePrefix"], "aws.role");
  if (podIdentity !== undefined) {
    exactlyOne(podIdentity, ["role", "roleArn"], `${name}.aws.podIdentity`);
    checkPodIdentity(podIdentity, `${name}.aws.podIdentity`);
  }
  const given = { ...(createOidcProvider && { createOidcProvider }), roleArn, podIdentity };
  atMostOne(given, ["createOidcProvider", "roleArn", "podIdentity"], `${name}.aws`);
  if (createOidcProvider && cluster.oidcProviderUrl === undefined && cluster.oidcProviderArn !== undefined) {
    throw new OidcRunnerError("OPTION_CONFLICT", "createOidcProvider and oidcProviderArn are mutually exclusive", {
      where: name,
      fix: "give only one of aws.createOidcProvider, cluster.oidcProviderArn",
    });
  }
}

function checkPodIdentity(podIdentity: EksPodIdentity, where: string): void {
  const { role, disableSessionTags, policy } = podIdentity;
  atMostOne<AwsRole, keyof AwsRole>(role ?? {}, ["name", "namePrefix"], "aws.podIdentity.role");
  if (role !== undefined && disableSessionTags) {
    throw new OidcRunnerError("OPTION_CONFLICT", "the trust policy of a role that is made needs the session tags", {
      where,
      fix: "give roleArn of a role whose trust policy has no aws:RequestTag, or leave disableSessionTags out",
    });
  }
  if (policy !== undefined && !disableSessionTags) {
    throw new OidcRunnerError("OPTION_MISSING", "EKS takes a session policy only without session tags", {
      where,
      fix: "give disableSessionTags: true with roleArn, or leave policy out and give the role fewer permissions",
    });
  }
}
