export type { Allow, AllowedIdentity } from "../../trust/parties/service";
export type { Identity, KubernetesIdentity } from "./identity";
export type { Meter } from "./metrics";
export type { TrustedIssuer, VerifierOptions } from "./options";
export type { TokenReviewOptions } from "./token-review";
export { type Accepted, REFUSALS, type RefusalCode, type Refused, type Verdict } from "./verdict";
export { createVerifier, type Verifier } from "./verifier";
