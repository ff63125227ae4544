export { deploymentRoutes } from "./routes";
