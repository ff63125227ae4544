export { issuerProvider } from "./provider";
