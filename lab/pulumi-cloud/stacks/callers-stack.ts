import type { Context } from "hono";
import type { LabEnvironment } from "../../http";
import type { AccessTokenGrant } from "../access-tokens";
import type { CloudContext } from "../context";
import { ApiError } from "../errors";
import type { Stack } from "../stack";

type Call = Context<LabEnvironment>;

/** A request's stack as `PROJECT/STACK`. */
export function nameOf(call: Call): string {
  return `${call.req.param("project")}/${call.req.param("stack")}`;
}

/**
 * The stacks of the organization that a request names, or of the caller's own.
 *
 * @throws ApiError 401, 404
 */
export function callersStacks(
  context: CloudContext,
  call: Call,
): { grant: AccessTokenGrant; stacks: Map<string, Stack> } {
  const grant = context.caller(call.req.header("Authorization"));
  const organization = context.organizations.get(call.req.param("organization") ?? grant.organization);
  if (organization === undefined || organization.name !== grant.organization) {
    throw new ApiError(404, "organization");
  }
  return { grant, stacks: organization.stacks };
}

/**
 * The stack that a request names.
 *
 * @throws ApiError 401, 404
 */
export function callersStack(context: CloudContext, call: Call): { grant: AccessTokenGrant; stack: Stack } {
  const { grant, stacks } = callersStacks(context, call);
  const name = nameOf(call);
  const stack = stacks.get(name);
  if (stack === undefined || (grant.deployment !== undefined && grant.deployment.stack !== name)) {
    throw new ApiError(404, "Stack not found");
  }
  return { grant, stack };
}
