/** Create, read, update and delete of issuers. */
export { createIssuer } from "./create-issuer";
export { deleteIssuer } from "./delete-issuer";
export { issuerNotFound } from "./gone";
export type { IssuerInputs, IssuerState } from "./issuer-state";
export { findOwnIssuer, readIssuer } from "./read-issuer";
export { updateIssuer } from "./update-issuer";
