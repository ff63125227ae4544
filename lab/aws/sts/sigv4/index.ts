export { authenticate } from "./authenticate";
export type { SignedRequest } from "./canonical-request";
