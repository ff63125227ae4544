export { compile } from "./compile";
export { evaluateGcpTrust } from "./evaluate";
export { SUBJECT_BYTES } from "./map-attributes";
export { type Member, parseMember } from "./members";
export { constantText, type Expr, partsOf, pathOf } from "./parts";
export { type GcpProvider, readProvider } from "./provider-document";
