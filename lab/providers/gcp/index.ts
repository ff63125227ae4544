export { gcpRoutes } from "./routes";
