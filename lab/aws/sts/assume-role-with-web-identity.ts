import { evaluateAwsTrust } from "../../../trust/parties/aws/evaluate";
import { findRole } from "../find-role";
import { trustVerdict } from "../trust-verdict";
import type { StsContext } from "./context";
import { StsRefusal } from "./refusal";
import { assumedRole } from "./sessions";
import { readWebIdentityRequest } from "./web-identity-request";
import { verifyWebIdentityToken } from "./web-identity-token";
import type { XmlContent } from "./xml";

/**
 * `AssumeRoleWithWebIdentity`: the holder of a token of an issuer that the account knows gets credentials of a role whose
 * trust policy admits the token. Takes no credentials.
 */
export async function assumeRoleWithWebIdentity(context: StsContext, parameters: URLSearchParams): Promise<XmlContent> {
  const request = readWebIdentityRequest(parameters);
  const { roleArn, sessionName, seconds } = request;
  const { claims, audience } = await verifyWebIdentityToken(context, request.token, request.account);
  const found = findRole(context.iam.roles, roleArn);
  // A role that does not exist and one that does not trust look the same from outside.
  const { role, reasons } = trustVerdict(found, roleArn, (document) => evaluateAwsTrust(document, claims));
  if (role === undefined) {
    const message = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    throw new StsRefusal("AccessDenied", 403, message, reasons.join("; "));
  }
  if (seconds > role.maxSessionDuration) {
    const message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    throw new StsRefusal("ValidationError", 400, message);
  }
  const credentials = context.sessions.issue({ role, sessionName, seconds });
  const { arn, id } = assumedRole({ role, sessionName });
  return {
    SubjectFromWebIdentityToken: String(claims.sub),
    Audience: audience,
    AssumedRoleUser: { AssumedRoleId: id, Arn: arn },
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: credentials.expiration.toISOString().replace(".000Z", "Z"),
    },
    // As the API reference has it: the token's `iss`.
    Provider: String(claims.iss),
  };
}
