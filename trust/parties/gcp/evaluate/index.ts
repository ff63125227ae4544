export { compile } from "./compile";
export { evaluateGcpTrust } from "./evaluate";
export { constantText, type Expr, partsOf, pathOf } from "./parts";
