export { azureRoutes } from "./routes";
