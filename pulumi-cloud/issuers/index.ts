/** Create, read, update and delete of issuers. */
export { createIssuer } from "./create";
export { deleteIssuer } from "./delete";
export { issuerNotFound } from "../api/gone";
export type { IssuerInputs, IssuerState } from "./state";
export { findOwnIssuer, readIssuer } from "./read";
export { updateIssuer } from "./update";
