import { compiled } from "../compiled";
import { AUDIENCE, ISSUER, type Signer } from "./tokens";

/** The package as users run it. */
export const runtime = () => compiled<typeof import("../../runtime")>("runtime");

/** A verifier as users make one. */
export function ourVerifier({ jwks }: Signer) {
  return runtime().createVerifier({
    issuers: [{ issuer: ISSUER, keys: jwks }],
    audience: AUDIENCE,
    allow: [{ namespace: "shop", serviceAccountName: "checkout" }],
  });
}
