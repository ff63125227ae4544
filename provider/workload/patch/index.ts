export { checkTemplate } from "./check-template";
export { mergePodTemplate, type PodTemplate, type PodTemplatePatch } from "./merge";
