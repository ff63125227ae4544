/** Create, read, update and delete of issuers. */

export { issuerNotFound } from "../api/gone";
export { createIssuer } from "./create";
export { deleteIssuer } from "./delete";
export { findOwnIssuer, readIssuer } from "./read";
export type { IssuerInputs, IssuerState } from "./state";
export { updateIssuer } from "./update";
