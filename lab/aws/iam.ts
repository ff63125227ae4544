import { OidcProviders } from "./oidc-providers";
import { Roles } from "./roles";

/** IAM of the lab's account: in memory, for the life of the lab. */
export class Iam {
  readonly roles: Roles;
  readonly oidcProviders = new OidcProviders();

  /** `now` gives creation dates; default the real clock. */
  constructor({ now = () => new Date() }: { now?: () => Date } = {}) {
    this.roles = new Roles(now);
  }
}
