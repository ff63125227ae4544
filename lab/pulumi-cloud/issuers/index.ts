export { issuerRoutes } from "./routes";
