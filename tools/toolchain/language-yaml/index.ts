export { resolveYamlHost } from "./language-yaml";
