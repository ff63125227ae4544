export { checkTemplate, type PodTemplatePatch } from "./check";
export { mergePodTemplate, type PodTemplate } from "./merge";
export { checkPodSecurity } from "./pod-security";
