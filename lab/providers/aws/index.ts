export { awsRoutes } from "./routes";
