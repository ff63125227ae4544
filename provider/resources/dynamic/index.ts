/**
 * What the serialised providers of `OidcIssuer` and `OidcPolicy` call: `pulumi-oidc-runner/dynamic`. Its path is in users'
 * state files, so it never moves, and these two names and their methods stay.
 *
 * @module
 */

import { issuerProvider } from "../issuer";
import { policyProvider } from "../policy";
import { watchEngine } from "./engine-watch";
import { userErrors } from "./user-errors";

watchEngine();

export const issuer = userErrors(issuerProvider);
export const policy = userErrors(policyProvider);
