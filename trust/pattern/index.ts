export { coversPattern, hasLiteralPart, LONGEST_PATTERN, matchesGlob, matchesWildcard } from "./pattern";
