import { OidcRunnerError } from "../../../trust";
import { checkOwnIssuer } from "../../../trust/issuers";
import { checkRoleArn, checkRoleOptions, conditionKeyPrefix, type RoleOptions } from "../../../trust/parties/aws";
import { checkSessionPolicy } from "../../../trust/parties/aws/target-role";
import { checkWhenPlain, isKnown } from "../../resources";
import { checkAwsTokenExpiration, checkRegion } from "../../workload/access";
import { atMostOne, exactlyOne } from "../lib";
import type { EksAws, EksPodIdentity, EksRole } from "./args";
import { clusterWay, type EksCluster } from "./cluster";

/** Refuses what can be refused before anything is registered. */
export function checkEksArgs(
  name: string,
  { cluster, aws, exchangeAwsToken }: { cluster: EksCluster; aws?: EksAws; exchangeAwsToken?: boolean },
): void {
  const way = clusterWay(cluster, `${name}.cluster`);
  checkWhenPlain(cluster.issuerUrl, (url) => checkOwnIssuer(url));
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
  const { role, roleArn, podIdentity, createOidcProvider, region, tokenExpirationSeconds } = aws;
  exactlyOne(aws, ["role", "roleArn", "podIdentity"], `${name}.aws`);
  checkWhenPlain(roleArn, (arn) => checkRoleArn(arn));
  checkRole(role, "aws.role");
  if (podIdentity !== undefined) {
    exactlyOne(podIdentity, ["role", "roleArn"], `${name}.aws.podIdentity`);
    checkPodIdentity(podIdentity, `${name}.aws.podIdentity`);
  }
  checkWhenPlain(region, checkRegion);
  checkWhenPlain(tokenExpirationSeconds, checkAwsTokenExpiration);
  const given = { ...(createOidcProvider && { createOidcProvider }), roleArn, podIdentity };
  atMostOne(given, ["createOidcProvider", "roleArn", "podIdentity"], `${name}.aws`);
  const { issuerUrl, oidcProviderArn } = cluster;
  if (createOidcProvider && cluster.oidcProviderUrl === undefined && oidcProviderArn !== undefined) {
    throw new OidcRunnerError("OPTION_CONFLICT", "createOidcProvider and oidcProviderArn are mutually exclusive", {
      where: name,
      fix: "give only one of aws.createOidcProvider, cluster.oidcProviderArn",
    });
  }
  if (role !== undefined && issuerUrl !== undefined && oidcProviderArn !== undefined) {
    checkWhenPlain([oidcProviderArn, issuerUrl], ([arn, url]) => conditionKeyPrefix(arn as string, url as string));
  }
}

function checkPodIdentity(podIdentity: EksPodIdentity, where: string): void {
  const { role, roleArn, targetRoleArn, disableSessionTags, policy } = podIdentity;
  checkWhenPlain(roleArn, (arn) => checkRoleArn(arn, "aws.podIdentity.roleArn"));
  checkRole(role, "aws.podIdentity.role");
  checkWhenPlain(targetRoleArn, (arn) => checkRoleArn(arn, "aws.podIdentity.targetRoleArn"));
  checkWhenPlain(policy, (text) => checkSessionPolicy(text));
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

function checkRole(role: EksRole | undefined, where: string): void {
  if (role === undefined) {
    return;
  }
  atMostOne(role, ["name", "namePrefix"], where);
  // Each by itself, since one that is not known yet must not hide the others.
  const known = Object.entries(role).filter(([, value]) => isKnown(value));
  checkRoleOptions(Object.fromEntries(known) as RoleOptions, where);
}
