/**
 * What the serialised providers of `OidcIssuer` and `OidcPolicy` call: `pulumi-oidc-runner/dynamic`. Its path is in users'
 * state files, so it never moves, and these two names and their methods stay.
 *
 * @module
 */

import { issuerProvider } from "../issuer";
import { watchEngine } from "../lib";
import { policyProvider } from "../policy";
import { userErrors } from "./user-errors";

watchEngine();

export const issuer = userErrors(issuerProvider);
export const policy = userErrors(policyProvider);
