export { Engine } from "./engine";
export { environmentFile } from "./environment";
export { execute } from "./executor";
