export { algorithms } from "./algorithms";
export { givenKeys } from "./given-keys";
export { checkKeySet, findKey, isSameKey, type KeySet } from "./key-set";
export { type Keys, KeysUnavailable, type ReadKeys } from "./keys";
export type { KeyLocation } from "./read-key-set";
export { RemoteKeys } from "./remote-keys";
export { isSignedBy } from "./signed-by";
