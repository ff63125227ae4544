import * as pulumi from "@pulumi/pulumi";
import { OidcIssuer, type OidcIssuerArgs } from "pulumi-oidc-runner";

const config = new pulumi.Config();
const issuer = new OidcIssuer("tested", config.requireObject<OidcIssuerArgs>("args"), {
  import: config.get("import"),
});
export const { issuerId, adopted, created } = issuer;
