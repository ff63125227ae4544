export { describeProvider, prepareLab } from "./prepare";
