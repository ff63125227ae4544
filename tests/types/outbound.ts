import type * as pulumi from "@pulumi/pulumi";
import type * as root from "../../provider";
import { type Plain, same } from "./exact";

declare const text: pulumi.Output<string>;
declare function deployments(args: root.DeploymentsOidcTrustArgs): void;
declare function environments(args: root.EnvironmentOidcTrustArgs): void;

same<ConstructorParameters<typeof root.DeploymentsOidcTrust>[1], root.DeploymentsOidcTrustArgs>();
same<ConstructorParameters<typeof root.EnvironmentOidcTrust>[1], root.EnvironmentOidcTrustArgs>();

const stacks = [{ project: "site", stack: text }];
const named = [{ project: text, environment: "prod" }];
const gcp = { project: text, serviceAccountEmail: text };

// The least there is, and late values.
deployments({ organization: text, stacks, aws: {} });
deployments({ organization: "acme", stacks, operations: ["preview", "detect-drift"], gcp });
environments({ organization: text, environments: named, aws: { oidcProviderArn: text, session: { name: text } } });
environments({
  organization: "acme",
  customAudience: { audience: text, organizationId: text, environmentIds: [text] },
  gcp: { project: "acme-prod", directPrincipal: { projectRoles: ["roles/viewer"] } },
});
environments({ organization: "acme", environments: named, subjectAttributes: [], users: [text], aws: {} });
// @ts-expect-error the number of stacks is known when the program runs
deployments({ organization: "acme", stacks: text, aws: {} });
// @ts-expect-error no operation of Pulumi Deployments
deployments({ organization: "acme", stacks, operations: ["up"], aws: {} });
// @ts-expect-error the project is needed
deployments({ organization: "acme", stacks, gcp: { serviceAccountEmail: text } });
// @ts-expect-error a stack has a project
deployments({ organization: "acme", stacks: [{ stack: "prod" }], aws: {} });
// @ts-expect-error what a caller could choose is no attribute
environments({ organization: "acme", environments: named, subjectAttributes: ["pulumi.token.name"], aws: {} });
// @ts-expect-error an environment is no stack
environments({ organization: "acme", environments: stacks, aws: {} });

// Exactly one principal.
// @ts-expect-error two accounts
deployments({ organization: "acme", stacks, gcp: { ...gcp, serviceAccount: {} } });
// @ts-expect-error none
deployments({ organization: "acme", stacks, gcp: { project: text } });
// @ts-expect-error an identity that is made and one that is there
deployments({ organization: "acme", stacks, azure: { identity: { resourceGroupName: text }, identityId: text } });
deployments({ organization: "acme", stacks, azure: { applicationId: text, split: true } });

// What decides which resources there are is plain.
same<
  Plain<root.OutboundAws>,
  "role" | "createOidcProvider" | "oidcProviderAudiences" | "trustPolicyLength" | "session"
>();
same<Plain<root.DeploymentStack & root.TrustedEnvironment>, never>();
