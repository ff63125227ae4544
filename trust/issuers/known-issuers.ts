/** `iss` of GitHub Actions on github.com (GitHub documentation, "OpenID Connect reference"). */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** `iss` of GitLab CI/CD on gitlab.com (GitLab documentation, "OpenID Connect (OIDC) Authentication Using ID Tokens"). */
export const GITLAB_ISSUER = "https://gitlab.com";

/** `iss` of Pulumi Deployments (Pulumi documentation, "Configuring OpenID Connect"). */
export const PULUMI_ISSUER = "https://api.pulumi.com/oidc";
