export { type Decision, decide, type GuardOptions, type RefusedRequest } from "./decide";
export { guardExpress } from "./express";
export { guardFetch } from "./fetch";
export { guardHono, type IdentityEnvironment } from "./hono";
export { guardListener, type IdentifiedListener } from "./node";
