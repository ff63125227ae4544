export type { Explanation } from "../../verdict";
export { type CompiledDefinition, compileDefinition, compileDefinitions, type DefinitionInput } from "./compile";
export { evaluate } from "./evaluate";
export { explain } from "./explain";
export { lint } from "./lint";
export { locksOutCaller } from "./lock-out";
export { type ProvenTrust, provePulumiTrust, proveRunnerTrust } from "./proof";
export { findingText, type Review, type ReviewOptions, reviewDefinitions } from "./review";
export { proveSharedTrust, type SharedTrust } from "./shared";
