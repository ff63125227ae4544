import { type Claims, claimValues } from "../../../trust/claims";
import type { OidcProvider, OidcProviders } from "../oidc-providers";
import { checkSignature, readClaims } from "../token-signature";
import type { StsContext } from "./context";
import { invalidToken, StsRefusal } from "./refusal";
import type { StsSwitches } from "./switches";

/** A token that was verified, and the account's provider that vouches for its issuer. */
export interface VerifiedToken {
  claims: Claims;
  provider: OidcProvider;
  /** The audience that is among the provider's client ids. */
  audience: string;
}

/** Claims without which STS takes no token (aws-actions/configure-aws-credentials#502 shows its words). */
const REQUIRED = ["sub", "aud", "iat", "exp"];

/**
 * Verifies a web identity token: an IAM OIDC provider of the account for its issuer, the issuer's keys, the signature, the
 * times and the audience. The order is ours: which of several faults STS names is not published.
 *
 * @param account of the role that is asked for: it is that account which needs the provider
 */
export async function verifyWebIdentityToken(
  { iam, keys, clock, switches }: StsContext,
  token: string,
  account: string,
): Promise<VerifiedToken> {
  const claims = await readClaims(token);
  if (claims === undefined) {
    throw invalidToken(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
  }
  const issuer = String(claims.iss);
  const provider = findProvider(iam.oidcProviders, issuer, account);
  if (provider === undefined) {
    throw invalidToken(`No OpenIDConnect provider found in your account for ${issuer}`);
  }
  const missing = REQUIRED.find((name) => claims[name] === undefined);
  if (missing !== undefined) {
    throw invalidToken(`Missing a required claim: ${missing}`);
  }
  await checkSigner(token, () => keys(issuer));
  checkTimes(claims, clock(), switches);
  // A token with `azp` is for that party (IAM User Guide, "Available keys for AWS OIDC federation").
  const audiences = claimValues(claims, [claims.azp === undefined ? "aud" : "azp"]);
  const audience = audiences.find((value) => provider.clientIds.includes(value));
  if (audience === undefined) {
    throw invalidToken("Incorrect token audience", `the provider's client ids are ${provider.clientIds.join(", ")}`);
  }
  return { claims, provider, audience };
}

// Compared exactly: a final slash makes another issuer.
function findProvider(providers: OidcProviders, issuer: string, account: string): OidcProvider | undefined {
  return providers.list().find(({ url, arn }) => `https://${url}` === issuer && arn.split(":")[4] === account);
}

async function checkSigner(token: string, keys: () => ReturnType<StsContext["keys"]>): Promise<void> {
  // As STS says it, two blanks included (awslabs/aws-sdk-rust#827).
  const noKey =
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
  const set = await keys().catch((error: Error) => {
    throw invalidToken(noKey, error.message);
  });
  const signature = await checkSignature(token, set);
  if (signature === "unknown-key") {
    throw invalidToken(noKey, "the issuer has no key for the token");
  }
  if (signature === "wrong") {
    // The words are ours: the service's are not published.
    throw invalidToken("The signature of the token is invalid");
  }
}

function checkTimes({ exp, nbf, iat }: Claims, now: number, { skewSeconds, expiredSeconds }: StsSwitches): void {
  const seconds = Math.floor(now / 1000);
  if (typeof exp !== "number" || exp <= seconds - expiredSeconds) {
    const message = `Token expired: current date/time ${seconds} must be before the expiration date/time ${JSON.stringify(exp)}`;
    throw new StsRefusal("ExpiredTokenException", 400, message);
  }
  for (const [name, time] of Object.entries({ nbf, iat })) {
    if (time !== undefined && !(typeof time === "number" && time <= seconds + skewSeconds)) {
      // The words are ours here, too.
      throw invalidToken(`The token is not valid yet: current date/time ${seconds}, ${name} ${JSON.stringify(time)}`);
    }
  }
}
