export { callersStack } from "./callers-stack";
export { stackRoutes } from "./routes";
