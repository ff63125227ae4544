/** Definitions in an issuer's auth policy: written, removed and read. README.md describes the write protocol. */

export {
  findPolicy,
  type PolicyInputs,
  type PolicyState,
  readDefinitions,
  removeDefinitions,
  toUser,
  writeDefinitions,
} from "./definitions";
export { untilConfirmed } from "./queue";
