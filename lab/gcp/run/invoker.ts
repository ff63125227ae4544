import type { GcpIam } from "../iam";
import { GOOGLE_ISSUER, type IdTokens, isMember } from "../oauth";
import type { RunService } from "../run-services";
import { verifyToken } from "../sts";
import type { RunSwitches } from "./switches";

/**
 * Roles that hold `run.routes.invoke` (Cloud Run documentation, "Authentication overview": owners and editors of the project, Cloud Run
 * admins and invokers; "IAM roles").
 */
const INVOKERS = ["roles/run.invoker", "roles/run.admin", "roles/editor", "roles/owner"];

/** What a call of a service is checked by. */
export interface InvokerContext {
  iam: GcpIam;
  idTokens: IdTokens;
  switches: RunSwitches;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Who invoked a service: an email, where it is known. Or the status that refuses the call. */
export type Invocation = { caller: string | undefined } | { refused: 401 | 403 };

/**
 * Cloud Run's check of who may invoke a service. A token must be an identity token of Google's, for the service's URL or one of its custom
 * audiences, and not expired; otherwise it is 401. Whose it is must have `roles/run.invoker` on the service or its project; otherwise
 * it is 403, as it is without a token.
 *
 * The statuses: 401 for a token that Google does not take for this service (google/adk-python#3814), and for another audience
 * (GoogleCloudPlatform/cloud-run-proxy#10, firebase/firebase-functions#1399); 403 without a token (datacommonsorg/docsite#463). What
 * audiences are taken: https://cloud.google.com/run/docs/configuring/custom-audiences; Google's own sample has the URL with a final slash
 * (https://cloud.google.com/run/docs/samples/cloudrun-service-to-service-auth).
 */
export async function invoke(
  service: RunService,
  token: string | undefined,
  context: InvokerContext,
): Promise<Invocation> {
  const email = token === undefined ? undefined : await callerOf(token, service, context);
  if (token !== undefined && email === undefined) {
    return { refused: 401 };
  }
  return service.invokerIamDisabled || mayInvoke(service, email, context.iam) ? { caller: email } : { refused: 403 };
}

/** The account that a good token is of. */
async function callerOf(token: string, service: RunService, context: InvokerContext): Promise<string | undefined> {
  const { iam, idTokens, switches, now } = context;
  try {
    const { sub } = await verifyToken(token, {
      issuer: GOOGLE_ISSUER,
      audiences: [service.uri, `${service.uri}/`, ...service.customAudiences],
      keys: () => idTokens.jwks(),
      now,
      leewaySeconds: switches.leewaySeconds,
    });
    return iam.listAccounts().find(({ uniqueId }) => uniqueId === sub)?.email;
  } catch {
    return undefined;
  }
}

/** Whether a caller has a role that allows invoking the service. A grant with a condition does not count, because the lab evaluates no conditions. */
function mayInvoke({ name, project }: RunService, email: string | undefined, iam: GcpIam): boolean {
  const means = (member: string) =>
    member === "allUsers" ||
    (email !== undefined &&
      (member === "allAuthenticatedUsers" || isMember(member, { kind: "serviceAccount", email })));
  return [name, `projects/${project}`].some((resource) =>
    iam
      .grants(resource)
      .some(({ role, member, condition }) => condition === undefined && INVOKERS.includes(role) && means(member)),
  );
}
