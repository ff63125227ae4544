export { checkKeySet, type KeySet, PRIVATE_MEMBERS, sameKeySet } from "./key-set";
export { checkIssuerOptions } from "./options";
export {
  labelOf,
  leasedName,
  registeredName,
  sameLabel,
  sameRegistrant,
  sameStack,
  wasTakenOver,
} from "./registered-name";
export { normalThumbprints, sameThumbprints } from "./thumbprints";
