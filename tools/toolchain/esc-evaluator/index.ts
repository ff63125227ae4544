export { resolveEscEvaluator } from "./esc-evaluator";
