export { type ChildOptions, childOptions } from "./child-options";
export { explained } from "./explained";
export { type LookUp, lookedUp, lookUpFailed } from "./look-up";
export { atMostOne, exactlyOne } from "./one-of";
export { peer } from "./peer";
export { perRun, shareRun } from "./per-run";
export { type WaivableWarning, warnUnlessWaived } from "./warn-unless-waived";
