/** Create, read, update and delete of issuers. */

export { type ClusterReference, clusterKeys } from "./cluster-keys";
export { createIssuer, refuseExisting } from "./create";
export { deleteIssuer } from "./delete";
export { leaseIssuer } from "./leases";
export { findOwnIssuer, readIssuer, refusePublishedMismatch } from "./read";
export { defined, type IssuerInputs, type IssuerState, withRecord } from "./state";
export { updateIssuer } from "./update";
