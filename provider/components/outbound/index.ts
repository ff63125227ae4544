export type * from "./args";
export type {
  DeploymentAwsSettings,
  DeploymentAzureSettings,
  DeploymentGcpSettings,
  DeploymentOidcSettings,
} from "./deployment-settings";
export {
  type DeploymentStack,
  DeploymentsOidcTrust,
  type DeploymentsOidcTrustArgs,
} from "./deployments-oidc-trust";
export {
  type EnvironmentCustomAudience,
  EnvironmentOidcTrust,
  type EnvironmentOidcTrustArgs,
  type TrustedEnvironment,
} from "./environment-oidc-trust";
