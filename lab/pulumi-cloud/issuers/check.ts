import type { CloudContext } from "../context";
import { ApiError } from "../errors";
import type { JsonWebKeySet } from "../json-web-key-set";
import type { Discovery } from "../keys";

/** What is stored of an issuer after its server was looked at. */
export interface CheckedIssuer {
  issuer: string;
  thumbprints: string[];
}

/** Looks at an issuer's server; 400 when it does not answer as an issuer. */
export async function discover(context: CloudContext, url: string, thumbprints: readonly string[]): Promise<Discovery> {
  try {
    return await context.network.discover({ url, thumbprints });
  } catch (error) {
    throw new ApiError(400, `unable to fetch the issuer's OpenID configuration: ${(error as Error).message}`);
  }
}

/**
 * Checks thumbprints against the certificate the issuer serves, or takes the served one when none are given. With static
 * keys the server is not looked at (a private cluster has none), so thumbprints are only checked for their form.
 */
export async function checkIssuer(
  context: CloudContext,
  url: string,
  given: readonly string[] | null | undefined,
  jwks: JsonWebKeySet | undefined,
): Promise<CheckedIssuer> {
  const thumbprints = (given ?? []).map((thumbprint) => thumbprint.toLowerCase());
  if (jwks !== undefined && !context.switches.discoverDespiteJwks) {
    if (!thumbprints.every((thumbprint) => /^[0-9a-f]{64}$/.test(thumbprint))) {
      throw new ApiError(400, "a thumbprint is not the SHA-256 of a certificate in hexadecimal digits");
    }
    return { issuer: url, thumbprints };
  }
  const { issuer, thumbprint } = await discover(context, url, thumbprints);
  if (thumbprints.length > 0 && !thumbprints.includes(thumbprint)) {
    // Status and text as in pulumi/pulumi-pulumiservice#989.
    throw new ApiError(
      400,
      `Calculated thumbprint ${thumbprint} does not match any of the provided. Make sure it is properly generated (SHA256).`,
    );
  }
  return { issuer, thumbprints: thumbprints.length > 0 ? thumbprints : [thumbprint] };
}
