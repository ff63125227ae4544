export { algorithms } from "./algorithms";
export { givenKeys } from "./given-keys";
export { jose } from "./jose";
export { checkKeySet, isSameKey, type KeySet, keyFor } from "./key-set";
export { type Keys, KeysUnavailable, type ReadKeys } from "./keys";
export type { KeyLocation } from "./read-key-set";
export { RemoteKeys } from "./remote-keys";
