export { Engine } from "./engine";
export { environmentFile } from "./environment";
