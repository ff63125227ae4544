export { stackRoutes } from "./routes";
