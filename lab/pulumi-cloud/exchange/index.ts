export { exchangeRoute } from "./route";
