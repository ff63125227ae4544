export { LabClock } from "./clock";
export { type Control, startControl } from "./control";
export { serviceRoutes } from "./service-routes";
export { switchRoutes } from "./switch-routes";
export { controlApp, validated } from "./validated";
