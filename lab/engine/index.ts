export { Engine } from "./engine";
export { environmentFile, labEnvironment } from "./environment";
export { execute } from "./executor";
