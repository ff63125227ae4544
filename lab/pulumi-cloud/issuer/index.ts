export { deploymentClaims } from "./deployment-claims";
export { customAudienceClaims, loginClaims, type OpenedEnvironment } from "./environment-claims";
export { PULUMI_KEYS, PulumiIssuer, type PulumiKey } from "./issuer";
