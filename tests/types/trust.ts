import type * as pulumi from "@pulumi/pulumi";
import type * as root from "../../provider";
import type { IssuerTrusts } from "../../trust/issuers";
import { type Plain, same } from "./exact";

declare const text: pulumi.Output<string>;
declare const organization: string;
declare const issuer: root.OidcIssuer;
declare const policies: root.PolicyDefinition[];
declare function trust(args: root.OidcTrustSetupArgs): void;
declare function policy(definition: root.PolicyDefinition): void;
declare function ofIssuer(args: root.OidcIssuerArgs): void;
declare function ofPolicy(args: root.OidcPolicyArgs): void;

same<ConstructorParameters<typeof root.OidcTrustSetup>[1], root.OidcTrustSetupArgs>();
same<ConstructorParameters<typeof root.OidcIssuer>[1], root.OidcIssuerArgs>();
same<ConstructorParameters<typeof root.OidcPolicy>[1], root.OidcPolicyArgs>();

// Issuers: exactly one, by value, as a runner's workloads are.
interface OwnArgs extends root.OidcTrustSetupArgs {
  team: string;
}
declare const own: OwnArgs;
trust(own);
trust({ organization, eks: { issuerUrl: text } });
trust({ organization, gke: { location: "europe-west1", name: text } });
trust({ organization, aks: { issuerUrl: text } });
trust({ organization, kubernetes: { issuerUrl: text, jwksFromCluster: {} } });
trust({ organization, githubActions: {} });
trust({ organization, gitlab: { issuerUrl: "https://gitlab.example.com" } });
trust({ organization, pulumiDeployments: {} });
trust({ organization, custom: { issuerUrl: text, jwks: { keys: [{ kty: "RSA", n: text }] } } });
// @ts-expect-error GitHub Actions in another case
trust({ organization, githubactions: {} });
// @ts-expect-error an issuer that has no usual address
trust({ organization, custom: {} });
// @ts-expect-error keys of EKS rotate
trust({ organization, eks: { issuerUrl: text, jwks: { keys: [] } } });
// @ts-expect-error only a cluster has an API server
trust({ organization, custom: { issuerUrl: text, jwksFromCluster: {} } });
// @ts-expect-error an issuer is known when the program runs
trust({ organization, githubActions: text });
// @ts-expect-error no organization
trust({ githubActions: {} });
// @ts-expect-error the list is called policies
trust({ organization, githubActions: {}, definitions: policies });

// Definitions.
declare const rules: { sub: string };
policy({ decision: "allow", accessToken: { organization: {} }, rules });
policy({ decision: "deny", accessToken: { team: { name: text } }, rules: { sub: text } });
policy({
  decision: "allow",
  accessToken: { runner: { pool: "pool" } },
  gke: { namespace: "ci", serviceAccountName: text },
});
policy({
  decision: "allow",
  accessToken: { organization: {} },
  githubActions: { repository: "acme/infra", branch: text },
});
policy({ decision: "allow", accessToken: { organization: {} }, gitlab: { project: "acme/infra", refType: "tag" } });
policy({ decision: "allow", accessToken: { organization: {} }, custom: { sub: text }, audience: text });
// @ts-expect-error a decision Pulumi Cloud does not have
policy({ decision: "refuse", accessToken: { organization: {} }, rules });
// @ts-expect-error no decision
policy({ accessToken: { organization: {} }, rules });
// @ts-expect-error no access token
policy({ decision: "allow", rules });
// @ts-expect-error none of the blocks
policy({ decision: "allow", accessToken: {}, rules });
// @ts-expect-error a name that is none of theirs
policy({ decision: "allow", accessToken: { organization: {}, teams: { name: "platform" } }, rules });
// @ts-expect-error two of the blocks
policy({ decision: "allow", accessToken: { organization: {}, personal: { user: "ann" } }, rules });
// @ts-expect-error a life is a runner's
policy({ decision: "allow", accessToken: { organization: {}, expirationSeconds: 900 }, rules });
// @ts-expect-error the wire's name
policy({ decision: "allow", tokenType: "organization", rules });
// @ts-expect-error a rule is a pattern
policy({ decision: "allow", accessToken: { organization: {} }, rules: { sub: 1 } });
// @ts-expect-error a subject has a ServiceAccount
policy({ decision: "allow", accessToken: { organization: {} }, eks: { namespace: "ci" } });
// @ts-expect-error a repository is not split
policy({ decision: "allow", accessToken: { organization: {} }, githubActions: { owner: "acme", name: "infra" } });
// @ts-expect-error a kind of ref GitLab does not have
policy({ decision: "allow", accessToken: { organization: {} }, gitlab: { project: "acme/infra", refType: "commit" } });

// Resources.
ofIssuer({ organization, issuerUrl: text, maxExpirationSeconds: "2h" });
ofIssuer({ organization, issuerUrl: text, maxExpirationSeconds: 3600 });
// @ts-expect-error no URL
ofIssuer({ organization });
// @ts-expect-error neither seconds nor a text
ofIssuer({ organization, issuerUrl: text, maxExpirationSeconds: true });
ofPolicy({ organization, issuerId: issuer.issuerId, policies });
ofPolicy({ organization, issuerId: text, policies, waive: [{ name: "MUTABLE_GITHUB_NAME", reason: text }] });
// @ts-expect-error a list
ofPolicy({ organization, issuerId: text, policies: policies[0] });
// @ts-expect-error a finding the linter does not have
ofPolicy({ organization, issuerId: text, policies, waive: [{ name: "GITHUB_NAME", reason: "known" }] });
// @ts-expect-error no reason
ofPolicy({ organization, issuerId: text, policies, waive: [{ name: "MUTABLE_GITHUB_NAME" }] });

// What takes no Output, and that all else does.
type Issuers = keyof IssuerTrusts | "custom";
same<Plain<root.OidcTrustSetupArgs>, Issuers>();
same<Plain<root.OidcIssuerArgs & root.JsonWebKeySet & root.KeysFromCluster>, never>();
same<Plain<root.OidcPolicyArgs & root.PolicyDefinition & root.TrustReference>, never>();
same<Plain<root.AksCluster & root.ClusterWithKeys & root.GkeClusterReference>, never>();

// Outputs.
type Text = pulumi.Output<string>;
same<
  Pick<root.OidcTrustSetup, "issuerId" | "issuerUrl" | "organization">,
  Readonly<Record<"issuerId" | "issuerUrl" | "organization", Text>>
>();
same<root.OidcTrustSetup["adopted"], pulumi.Output<boolean>>();
same<root.OidcTrustSetup["policies"], pulumi.Output<root.PolicyDefinition[]> | undefined>();
same<root.OidcTrustSetup["trust"], pulumi.Output<root.TrustReference>>();
same<root.OidcIssuer["issuerId"], Text>();
same<root.OidcIssuer["adopted"], pulumi.Output<boolean>>();
same<root.OidcIssuer["thumbprints"], pulumi.Output<string[]>>();
same<root.OidcPolicy["policyId"], Text>();
