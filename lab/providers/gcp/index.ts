export { googleRoutes } from "./routes";
