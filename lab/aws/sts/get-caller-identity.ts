import type { StsContext } from "./context";
import { assumedRole } from "./sessions";
import { authenticate, type SignedRequest } from "./signature";
import type { XmlContent } from "./xml";

/** `GetCallerIdentity`: whose credentials signed the request. Needs no permission. */
export function getCallerIdentity(context: StsContext, request: SignedRequest): XmlContent {
  const session = authenticate(request, context.sessions, context.clock());
  const { arn, id } = assumedRole(session);
  return { Arn: arn, UserId: id, Account: session.role.arn.split(":")[4] };
}
