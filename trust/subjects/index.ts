export { type CompiledDefinition, compileDefinition, compileDefinitions, type DefinitionInput } from "./compile";
export type { DeploymentOperation, GitlabRefType } from "./types";
