export { matchesGlob } from "./glob";
export { hasLiteralPart } from "./literal-part";
export { takesAll } from "./tokens";
export { coversPattern, matchesWildcard } from "./wildcard";
