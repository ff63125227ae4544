export { conditionKeysOf } from "./context";
export { decide } from "./decide";
export { invalid, readTrustPolicy, type Statement } from "./document";
export { evaluateAwsTrust } from "./evaluate";
export { type Operator, operatorOf } from "./operators";
