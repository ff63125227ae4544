export { lintAwsTrust } from "./lint";
