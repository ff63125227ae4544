export { startEntra } from "./entra";
