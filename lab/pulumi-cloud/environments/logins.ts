import { type LoginContext, logInToAws, logInToGcp, secondsOf } from "../cloud-logins";
import { customAudienceClaims, loginClaims, type OpenedEnvironment } from "../issuer";
import { type AzureInputs, azureLogin } from "./azure-login";
import type { LoginRequest } from "./evaluator";

interface AwsInputs {
  oidc: {
    roleArn: string;
    sessionName: string;
    duration?: string;
    policyArns?: string[];
    subjectAttributes?: string[];
  };
}

interface GcpInputs {
  project: number;
  oidc: {
    workloadPoolId: string;
    providerId: string;
    serviceAccount: string;
    region?: string;
    tokenLifetime?: string;
    subjectAttributes?: string[];
  };
}

interface OidcInputs {
  audience: string;
  duration?: string;
  identityToken: { version: string };
}

/**
 * Does what a login of an environment does: makes a token of Pulumi's issuer and, for a cloud's login, exchanges it at the cloud.
 *
 * @throws Error in the words of the client library that the cloud's error reaches users through
 */
export function logIn(context: LoginContext, { login, inputs }: LoginRequest, environment: OpenedEnvironment) {
  switch (login) {
    case "aws-login":
      return awsLogin(context, inputs as unknown as AwsInputs, environment);
    case "azure-login":
      return azureLogin(context.issuer, inputs as unknown as AzureInputs, environment);
    case "gcp-login":
      return gcpLogin(context, inputs as unknown as GcpInputs, environment);
    default:
      return customAudience(context, inputs as unknown as OidcInputs, environment);
  }
}

async function awsLogin(context: LoginContext, { oidc }: AwsInputs, environment: OpenedEnvironment) {
  const token = await context.issuer.signLogin(loginClaims("aws", environment, oidc.subjectAttributes));
  return logInToAws(context, token, { ...oidc, durationSeconds: secondsOf(oidc.duration ?? "2h") });
}

async function gcpLogin(context: LoginContext, inputs: GcpInputs, environment: OpenedEnvironment) {
  const { project, oidc } = inputs;
  const token = await context.issuer.signLogin(loginClaims("gcp", environment, oidc.subjectAttributes));
  const { accessToken, expireTime } = await logInToGcp(context, token, {
    ...{ projectNumber: project, poolId: oidc.workloadPoolId, providerId: oidc.providerId, location: oidc.region },
    ...{ serviceAccount: oidc.serviceAccount, lifetimeSeconds: secondsOf(oidc.tokenLifetime ?? "1h") },
  });
  return { project, accessToken, tokenType: "Bearer", expiry: expireTime };
}

/** The limits and words are documented (pulumi/docs at 3beb0e84, content/docs/esc/providers/login/oidc.md). */
async function customAudience({ issuer }: LoginContext, inputs: OidcInputs, environment: OpenedEnvironment) {
  const { audience, duration = "1h", identityToken } = inputs;
  if (environment.currentId === undefined) {
    throw new Error("fn::open::oidc cannot run in an unsaved environment document; save the environment and import it");
  }
  if (identityToken.version !== "v2") {
    throw new Error(`unsupported identityToken.version "${identityToken.version}"`);
  }
  const bytes = Buffer.byteLength(audience);
  if (audience.trim() === "" || bytes > 512) {
    throw new Error("audience must have 1 to 512 bytes and must not be blank");
  }
  const seconds = secondsOf(duration);
  if (!(seconds >= 60 && seconds <= 3600)) {
    throw new Error("duration must be between 1m0s and 1h0m0s");
  }
  return issuer.signCustomAudience(customAudienceClaims(audience, environment), seconds);
}
