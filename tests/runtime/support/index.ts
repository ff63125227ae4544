export { DISCOVERY, JWKS, type LoopbackIssuer, serve, startIssuer } from "./issuer";
export { AUDIENCE, hmac, ISSUER, NOW, part, podClaims, signature, signed } from "./tokens";
