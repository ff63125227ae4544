import assert from "node:assert/strict";
import type { EksOidcRunnerArgs } from "../../../../provider/components/eks/eks-oidc-runner";
import { assertUserError } from "../../../helpers/refused";
import { ISSUER, PROVIDER_ARN, ROLE_ARN } from "../cloud";
import { eksRunner, runEks } from "./eks";

type Args = Partial<EksOidcRunnerArgs>;

const identities = [{ oidcs: [{ issuer: ISSUER }] }];
const CLUSTER_ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";
const byName = { cluster: { name: "prod" } };

/** What is wrong, its code and place, and the near miss that is right. */
const CASES: [what: string, code: string, where: string, bad: Args, good: Args][] = [
  ["no cluster", "OPTION_MISSING", "deployer.cluster", { cluster: {} }, byName],
  [
    "a cluster by name and issuer",
    "OPTION_CONFLICT",
    "deployer.cluster",
    { cluster: { name: "prod", issuerUrl: ISSUER } },
    { cluster: { name: "prod", oidcProviderArn: PROVIDER_ARN } },
  ],
  [
    "a cluster by resource and issuer",
    "OPTION_CONFLICT",
    "deployer.cluster",
    { cluster: { identities, issuerUrl: ISSUER } },
    { cluster: { identities, name: "prod" } },
  ],
  [
    "a cluster of both packages",
    "OPTION_CONFLICT",
    "deployer.cluster",
    { cluster: { identities, oidcProviderUrl: ISSUER } },
    { cluster: { oidcProviderUrl: ISSUER, oidcProviderArn: PROVIDER_ARN } },
  ],
  [
    "an ARN beside a name that is looked up",
    "OPTION_CONFLICT",
    "deployer.cluster",
    { cluster: { name: "prod", arn: CLUSTER_ARN } },
    { cluster: { identities, name: "prod", arn: CLUSTER_ARN } },
  ],
  [
    "a network beside an issuer",
    "OPTION_CONFLICT",
    "deployer.cluster",
    { cluster: { issuerUrl: ISSUER, kubernetesNetworkConfig: { ipFamily: "ipv6" } } },
    { cluster: { identities, kubernetesNetworkConfig: { ipFamily: "ipv6" } } },
  ],
  [
    "a cluster inside one that is looked up",
    "OPTION_CONFLICT",
    "deployer.cluster",
    { cluster: { name: "prod", eksCluster: { name: "prod" } } },
    { cluster: { oidcProviderUrl: ISSUER, oidcProviderArn: PROVIDER_ARN, eksCluster: { name: "prod" } } },
  ],
  ["no access to AWS after all", "OPTION_MISSING", "deployer.aws", { aws: {} as never }, { aws: { role: {} } }],
  [
    "a role and EKS Pod Identity",
    "OPTION_CONFLICT",
    "deployer.aws",
    { ...byName, aws: { role: {}, podIdentity: { role: {} } } as never },
    { ...byName, aws: { podIdentity: { role: {} } } },
  ],
  [
    "EKS Pod Identity without a role",
    "OPTION_MISSING",
    "deployer.aws.podIdentity",
    { ...byName, aws: { podIdentity: {} as never } },
    { ...byName, aws: { podIdentity: { roleArn: ROLE_ARN } } },
  ],
  [
    "EKS Pod Identity with two roles",
    "OPTION_CONFLICT",
    "deployer.aws.podIdentity",
    { ...byName, aws: { podIdentity: { role: {}, roleArn: ROLE_ARN } as never } },
    { ...byName, aws: { podIdentity: { role: {} } } },
  ],
  [
    "EKS Pod Identity with a user's ARN",
    "ROLE_ARN_INVALID",
    "aws.podIdentity.roleArn",
    { ...byName, aws: { podIdentity: { roleArn: ROLE_ARN.replace("role", "user") } } },
    { ...byName, aws: { podIdentity: { roleArn: ROLE_ARN } } },
  ],
  [
    "EKS Pod Identity on a cluster without a name",
    "OPTION_MISSING",
    "deployer.cluster",
    { cluster: { issuerUrl: ISSUER }, aws: { podIdentity: { role: {} } } },
    { ...byName, aws: { podIdentity: { role: {} } } },
  ],
  [
    "EKS Pod Identity on half a cluster of @pulumi/eks",
    "OPTION_MISSING",
    "deployer.cluster",
    { cluster: { oidcProviderUrl: ISSUER }, aws: { podIdentity: { role: {} } } },
    { cluster: { oidcProviderUrl: ISSUER, eksCluster: { name: "prod" } }, aws: { podIdentity: { role: {} } } },
  ],
  [
    "a bad setting of the role",
    "ROLE_INVALID",
    "aws.role.path",
    { aws: { role: { path: "x" } } },
    { aws: { role: { path: "/x/" } } },
  ],
  [
    "a bad setting of the role of EKS Pod Identity",
    "ROLE_INVALID",
    "aws.podIdentity.role.maxSessionDuration",
    { ...byName, aws: { podIdentity: { role: { maxSessionDuration: 1 } } } },
    { ...byName, aws: { podIdentity: { role: { maxSessionDuration: 3600 } } } },
  ],
  [
    "two names of the role",
    "OPTION_CONFLICT",
    "aws.role",
    { aws: { role: { name: "a", namePrefix: "b" } } },
    { aws: { role: { namePrefix: "b" } } },
  ],
  [
    "a provider for a role that is there",
    "OPTION_CONFLICT",
    "deployer.aws",
    { aws: { roleArn: ROLE_ARN, createOidcProvider: true } },
    { aws: { roleArn: ROLE_ARN, createOidcProvider: false } },
  ],
  [
    "a provider for EKS Pod Identity",
    "OPTION_CONFLICT",
    "deployer.aws",
    { ...byName, aws: { podIdentity: { role: {} }, createOidcProvider: true } },
    { ...byName, aws: { role: {}, createOidcProvider: true } },
  ],
  [
    "a provider that is there and is to be made",
    "OPTION_CONFLICT",
    "deployer",
    { cluster: { name: "prod", oidcProviderArn: PROVIDER_ARN }, aws: { role: {}, createOidcProvider: true } },
    { cluster: { name: "prod", oidcProviderArn: PROVIDER_ARN }, aws: { role: {} } },
  ],
  [
    "a country as region",
    "REGION_INVALID",
    "aws.region",
    { aws: { role: {}, region: "ireland" } },
    { aws: { role: {}, region: "eu-west-1" } },
  ],
  ...["us-wset-2", "us-east", "us-eastwest-1"].map((region): (typeof CASES)[number] => [
    `the region ${region}`,
    "REGION_INVALID",
    "aws.region",
    { aws: { role: {}, region } },
    { aws: { role: {}, region: "us-west-2" } },
  ]),
  ...["us-gov-west-1", "cn-northwest-1", "ap-southeast-5", "us-isob-east-1", "eusc-de-east-1", "mx-central-1"].map(
    (region): (typeof CASES)[number] => [
      `no region beside ${region}`,
      "REGION_INVALID",
      "aws.region",
      { aws: { role: {}, region: `${region}a` } },
      { aws: { role: {}, region } },
    ],
  ),
  [
    "a final slash",
    "ISSUER_URL_INVALID",
    "cluster.issuerUrl",
    { cluster: { issuerUrl: `${ISSUER}/` } },
    { cluster: { issuerUrl: ISSUER } },
  ],
  ...[599, 86_401, 600.5].map((seconds): (typeof CASES)[number] => [
    `a token of ${seconds} seconds`,
    "EXPIRATION_INVALID",
    "aws.tokenExpirationSeconds",
    { aws: { role: {}, tokenExpirationSeconds: seconds } },
    { aws: { role: {}, tokenExpirationSeconds: seconds < 600 ? 600 : 86_400 } },
  ]),
  [
    "the exchange of a token that is not there",
    "OPTION_MISSING",
    "deployer.exchangeAwsToken",
    { exchangeAwsToken: true },
    { exchangeAwsToken: true, aws: { roleArn: ROLE_ARN } },
  ],
  [
    "the exchange of the agent's token",
    "OPTION_MISSING",
    "deployer.exchangeAwsToken",
    { ...byName, exchangeAwsToken: true, aws: { podIdentity: { role: {} } } },
    { ...byName, exchangeAwsToken: true, aws: { role: {} } },
  ],
];

describe("bad arguments of EksOidcRunner are refused before anything is registered", () => {
  for (const [what, code, where, bad, good] of CASES) {
    it(`${what} (${code})`, async () => {
      const refused = await runEks(() => void eksRunner(bad));
      assert.deepEqual(refused.resources, []);
      assert.equal(refused.errors.length, 1);
      assertUserError(refused.errors[0], code, where);
      const accepted = await runEks(() => void eksRunner(good));
      assert.deepEqual(accepted.errors, []);
      assert.notDeepEqual(accepted.resources, []);
    });
  }
});
