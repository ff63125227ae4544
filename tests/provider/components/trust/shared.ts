import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup, type OidcTrustSetupArgs } from "../../../../provider/components/trust/oidc-trust-setup";
import type { PolicyDefinition } from "../../../../provider/resources/oidc-policy";
import type { MockedRun } from "../../../helpers/pulumi-mocks";
import { API, ISSUER } from "../cloud";

/** What every runner of these tests is given. */
export const COMMON = {
  organization: "acme",
  accessToken: { organization: {} },
  namespace: "ci",
  apiUrl: API,
} as const;

/** An allow of organization tokens for all ServiceAccounts of a namespace. */
export const ofNamespace = (namespace: string, aud = "urn:pulumi:org:acme"): PolicyDefinition => ({
  ...{ decision: "allow" as const, accessToken: { organization: {} } },
  rules: { aud, sub: `system:serviceaccount:${namespace}:*` },
});

/** The trust that runners share. */
export const shared = (args: Partial<OidcTrustSetupArgs> = {}) =>
  new OidcTrustSetup("shared", {
    ...{ organization: "acme", apiUrl: API, policies: [ofNamespace("ci")] },
    ...("gke" in args ? {} : { kubernetes: { issuerUrl: ISSUER } }),
    ...args,
  });

/** A runner without a definition of its own. */
export const runner = (args: Partial<KubernetesOidcRunnerArgs>, name = "deployer") =>
  new KubernetesOidcRunner(name, { ...COMMON, cluster: { issuerUrl: ISSUER }, createPolicy: false, ...args });

/** Registered resources of a type, by its last part. */
export const ofType = (run: MockedRun<unknown>, kind: string) =>
  run.resources.filter(({ type }) => type.endsWith(`:${kind}`));
/** Codes of what a program was refused with. */
export const codes = (run: MockedRun<unknown>) =>
  run.errors.map((error) => (error as { code?: unknown }).code ?? error);

/** What there is when a runner's trust is refused: no role, ServiceAccount, ConfigMap or Job. */
export const BARE = ["OidcTrustSetup shared", "OidcIssuer shared", "OidcPolicy shared"];
