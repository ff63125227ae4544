export { checkKeySet, type KeySet, sameKeySet } from "./key-set";
export { checkIssuerOptions } from "./options";
export { claimedName, registeredName, sameLabel, sameRegistrant, sameStack, wasTakenOver } from "./registered-name";
export { normalThumbprints, sameThumbprints } from "./thumbprints";
