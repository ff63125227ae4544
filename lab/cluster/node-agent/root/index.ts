export { DEFAULT_PATH, findImage, type ImageDefinition } from "./images";
export { canOverlayRoot } from "./overlay";
export { outermostDirectories, planMounts, type RootPlan } from "./plan";
export { READY, rootScript } from "./script";
