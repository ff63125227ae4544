export { type Login, loginStep } from "./login-step";
export { quoted } from "./quoted";
export { type CiSystem, type Job, PULUMI_IMAGE } from "./system";
