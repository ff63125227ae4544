export { type DeploymentRun, deploymentClaims } from "./deployment-claims";
export { exchangeRoute } from "./route";
