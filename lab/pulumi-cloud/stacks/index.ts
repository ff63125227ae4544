export { callersStack, nameOf } from "./callers-stack";
export { stackRoutes } from "./routes";
