import * as pulumi from "@pulumi/pulumi";
import { OidcTrustSetup, type OidcTrustSetupArgs } from "pulumi-oidc-runner";

const config = new pulumi.Config();
const { policies, ...args } = config.requireObject<OidcTrustSetupArgs>("trust");

// An Output, as values of other resources would be.
const definitions = config.getBoolean("late") ? pulumi.output(policies) : policies;
export const issuerId = new OidcTrustSetup("tested", { ...args, policies: definitions } as OidcTrustSetupArgs).issuerId;
