export { lintAzureTrust } from "./lint";
