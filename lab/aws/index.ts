export { iamArn, LAB_ACCOUNT_ID } from "./arn";
export { type Aws, startAws } from "./aws";
export { awsControlRoutes } from "./control";
export type { Iam } from "./iam";
export { MANAGED_POLICIES } from "./managed-policies";
export type { OidcProvider } from "./oidc-providers";
export type { Role } from "./roles";
