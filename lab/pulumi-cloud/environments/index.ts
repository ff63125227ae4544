export { environmentRoutes } from "./routes";
