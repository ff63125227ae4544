import type { Identity, Verifier } from "../verify";
import { decide, type GuardOptions } from "./decide";

/** What an application behind {@link guardHono} declares: `new Hono<IdentityEnvironment>()`. */
export interface IdentityEnvironment {
  Variables: {
    /** Who sent the request. */
    identity: Identity;
  };
}

/** The part of Hono's `Context` that is used. */
interface Context {
  req: { raw: Request };
  set(name: "identity", identity: Identity): void;
}

/**
 * Middleware for Hono: behind it, `context.get("identity")` is who sent the request.
 *
 * @example
 * const app = new Hono<IdentityEnvironment>();
 * app.use("/private", guardHono(verifier));
 * app.get("/private", (context) => context.json({ hello: context.get("identity").subject }));
 */
export function guardHono(
  verifier: Verifier,
  options: GuardOptions = {},
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (context, next) => {
    const decision = await decide(verifier, context.req.raw.headers.get("Authorization"), options);
    if (!("identity" in decision)) {
      return new Response(null, decision);
    }
    context.set("identity", decision.identity);
    await next();
    return undefined;
  };
}
