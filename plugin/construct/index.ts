export { type ComponentSchemas, componentMaker } from "./construct";
export { watchFailures } from "./failures";
export { warner } from "./warner";
