export { installProviders } from "./install";
export { installOfficialKubernetes } from "./install-official";
export { resourceRoutes } from "./resource-routes";
