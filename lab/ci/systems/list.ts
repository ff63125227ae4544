import { azureDevops } from "./azure-devops";
import { bitbucket } from "./bitbucket";
import { buildkite } from "./buildkite";
import { circleci } from "./circleci";
import { githubActions } from "./github-actions";
import { gitlab } from "./gitlab";
import type { CiSystem } from "./system";
import { terraformCloud } from "./terraform-cloud";

/** The CI systems whose tokens the lab signs, by the key of their record. */
export const CI_SYSTEMS = { githubActions, gitlab, circleci, buildkite, bitbucket, azureDevops, terraformCloud };

/** A CI system, by the key of its record. */
export type CiKey = keyof typeof CI_SYSTEMS;

export const CI_KEYS = Object.keys(CI_SYSTEMS) as CiKey[];

/** Whether the lab signs for a record. */
export function isCiKey(key: string): key is CiKey {
  return Object.hasOwn(CI_SYSTEMS, key);
}

/** What is known of a system. */
export function ciSystem(key: CiKey): CiSystem {
  return CI_SYSTEMS[key];
}
