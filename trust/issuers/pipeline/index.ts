export { type Login, loginStep } from "./login-step";
export { quoted } from "./quoted";
export { type CiSystem, type Job, PULUMI_IMAGE, type VendorAction } from "./system";
export { actionStep } from "./vendor-action";
