/**
 * All codes of errors, each with its meaning and what to do about it. The errors themselves are more exact: they name the
 * value, the argument and the fix. Types only, so that no program loads the texts; `npm run errors` writes docs/errors.md from
 * them.
 */
interface ErrorCodes {
  AGENT_INVALID: ["A setting of a deployment agent is not possible.", "Change the setting that the error names."];
  API_URL_INSECURE: [
    "Tokens would be sent unencrypted.",
    "Give an `https://` address; `http://` is for loopback only.",
  ];
  API_URL_INVALID: ["`apiUrl` is not an address.", "Give an address such as https://api.pulumi.com."];
  ARGUMENT_INVALID: [
    "A list, an object or a plain value stands where another of them is taken.",
    "Give what is named.",
  ];
  ARGUMENT_PENDING: [
    "In a language other than TypeScript, an argument that decides which resources there are is not known yet.",
    "Give an object whose fields are outputs, and no output of an object.",
  ];
  ARGUMENT_UNKNOWN: [
    "The class or block has no argument of this name.",
    "Use the name that is given, or leave it out.",
  ];
  AWS_POLICY_INVALID: [
    "The document is not a trust policy of an IAM role.",
    "Give the role's `AssumeRolePolicyDocument`.",
  ];
  AZURE_CREDENTIALS_TOO_MANY: [
    "An identity of Azure takes 20 federated credentials, one for each subject.",
    "Trust fewer subjects, or spread them over several identities.",
  ];
  AZURE_CREDENTIAL_INVALID: [
    "The document is not a federated identity credential.",
    "Give issuer, audiences and a subject or a claims matching expression.",
  ];
  AZURE_EXPRESSION_INVALID: ["The text is not a claims matching expression.", "Correct it at the place that is named."];
  AZURE_IDENTITY_INVALID: [
    "A name or an id of an identity of Entra ID is not possible.",
    "Give it in the form that is named.",
  ];
  AZURE_ROLE_INVALID: [
    "A role, or what it is given on, is not one of Azure, or is given twice.",
    "Give a role's id and the id of a scope, once.",
  ];
  CALLER_INVALID: [
    "The claims or the token of the deployment can't be read.",
    "Give each claim once, or the path of a file that holds a token and nothing else.",
  ];
  CANCELLED: ["The update was cancelled while something was waited for.", "Run it again."];
  CLAIM_PATH_INVALID: ["The text is not a claim path.", "Separate keys by dots; quote a key that contains dots."];
  CLUSTER_ARN_INVALID: ["The text is not the ARN of an EKS cluster.", "Give arn:aws:eks:REGION:ACCOUNT:cluster/NAME."];
  CLUSTER_ISSUER_INVALID: [
    "The URL can't be the issuer of a cluster of the lab.",
    "Give an https URL without query, fragment or user.",
  ];
  CLUSTER_ISSUER_MISMATCH: [
    "The cluster whose keys are read is another issuer than the URL says.",
    "Give the URL of the cluster, or the context of the other cluster.",
  ];
  CLUSTER_KEYS_UNREADABLE: [
    "The API server did not give the keys it signs with.",
    "Check network, credentials and the ClusterRole system:service-account-issuer-discovery, or give the keys.",
  ];
  CLUSTER_LOOK_UP_FAILED: [
    "The cloud does not find the cluster, or does not say.",
    "Correct the names, region and credentials that the error speaks of, or give the cluster by its issuer.",
  ];
  COMMAND_EMPTY: ["The command or script has nothing to run.", "Give a program or POSIX sh text, or leave it out."];
  CONTROL_PLANE_FAILED: [
    "A server of the lab's cluster ended.",
    "Read the log that is quoted; a port may have been taken.",
  ];
  CONTROL_PLANE_TIMEOUT: ["A server of the lab's cluster did not get ready.", "Read the log that is quoted."];
  CRON_JOB_INVALID: ["A setting of a CronJob is not possible.", "Correct the setting that is named."];
  DENY_SHADOWS: ["A deny in the issuer's policy would refuse what this allows.", "Remove or narrow that deny."];
  DEPLOYMENT_INVALID: ["A setting of a Deployment is not possible.", "Correct the setting that is named."];
  DYNAMIC_MODULE_NOT_FOUND: [
    "The engine would not find this package from the program's directory.",
    "Add `pulumi-oidc-runner` to the dependencies of the program itself.",
  ];
  ENV_RESERVED: ["The runner sets this variable itself.", "Leave it out; use the argument it follows from."];
  ENV_STORED_TOKEN: [
    "The variable would hold a stored access token.",
    "Leave it out: the pod gets a token of its own.",
  ];
  ENV_TWICE: ["A variable is given as a value and as a secret.", "Give it once."];
  EXAMPLE_NOT_INSTALLED: [
    "Packages that an example needs were not installed.",
    "Check that `npm` reaches its registry, then run it again.",
  ];
  EXAMPLE_UNKNOWN: ["There is no example of this name.", "Use one of the names that are listed."];
  EXCHANGE_REFUSED: [
    "Pulumi Cloud does not exchange the subject token.",
    "Compare the token with the issuer's policy: `oidc-runner explain` says which rule fails.",
  ];
  EXCHANGE_UNAVAILABLE: ["The exchange got no usable answer.", "Check `apiUrl` and the network, then try again."];
  EXPIRATION_INVALID: ["The life of a token is not possible.", "Give whole seconds within the limits that are named."];
  GCP_CLAIMS_INVALID: ["Claims are nested too deeply.", "Give the claims of a real token."];
  GCP_EXPRESSION_INVALID: [
    "The text is not a CEL expression that Google Cloud takes.",
    "Correct it at the place that is named.",
  ];
  GCP_EXPRESSION_TOO_COSTLY: [
    "The expressions need too many steps to evaluate.",
    "Nest fewer macros; match shorter patterns.",
  ];
  GCP_ID_TAKEN: [
    "The project has a service account, workload identity pool or provider of this id, or had such a pool or provider in the past 30 days.",
    "Give another id, or do what the error names.",
  ];
  GCP_MEMBER_INVALID: [
    "The member names no identities of a workload identity pool.",
    "Give it in the form that is named.",
  ];
  GCP_PROVIDER_INVALID: [
    "The document is not a workload identity pool provider.",
    "Give it in the form that is named.",
  ];
  GCP_PROVIDER_MISMATCH: [
    "The workload identity provider that is there is not set up as the trust needs it.",
    "Set the field that is named, or have a provider made.",
  ];
  GCP_PROVIDER_NOT_FOUND: [
    "The workload identity pool has no such provider.",
    "Have pool and provider made by one program, or name those that are there.",
  ];
  GCP_SUBJECT_TOO_LONG: [
    "A subject is longer than the 127 bytes that google.subject holds.",
    "Shorten its names, or name a claim of the token that fits, such as an id.",
  ];
  GCP_TRUST_INVALID: [
    "A trust document for Google Cloud can't be made from these arguments.",
    "Correct the argument that is named.",
  ];
  GKE_CLUSTER_INVALID: ["A part of the reference to a GKE cluster is not possible.", "Correct the part that is named."];
  GOOGLE_ACCOUNT_INVALID: [
    "Id or description of a service account is not possible.",
    "Use the characters and length that are named.",
  ];
  GOOGLE_EMAIL_INVALID: [
    "The text is not the email of a service account.",
    "Give NAME@PROJECT.iam.gserviceaccount.com.",
  ];
  GOOGLE_GRANT_TWICE: [
    "Two runners of a program have the same grant of a role.",
    "Give each runner a ServiceAccount of its own, or the grant to one of them.",
  ];
  GOOGLE_PROJECT_INVALID: ["The text is not the id of a project.", "Give the id as `gcloud projects list` prints it."];
  GOOGLE_PROJECT_NUMBER_INVALID: ["The text is not the number of a project.", "Give the digits, or leave it out."];
  GOOGLE_PROJECT_UNKNOWN: ["No project is known for the cluster.", "Give the project, or set it for the provider."];
  GOOGLE_ROLE_INVALID: [
    "The text is not the name of an IAM role that can be granted there.",
    "Name a role of that project, once.",
  ];
  IMPORT_ID_INVALID: ["The id can't be imported by this resource.", "Give the id in the form that is named."];
  INPUT_INVALID: ["A file or an option of the command can't be read.", "Give what the error names."];
  ISSUER_EXISTS: [
    "The organization has an issuer for this URL already.",
    "Share one `OidcTrustSetup`, or set `adopt: true` to use the issuer without owning it.",
  ];
  ISSUER_IN_USE: ["Others' policies remain on the issuer.", "Destroy their stacks first, or set `forceDestroy: true`."];
  ISSUER_MISMATCH: ["Tokens of the issuer have another `iss` than the URL.", "Write the URL that is named."];
  ISSUER_NOT_FOUND: [
    "The organization has no issuer of this id.",
    "Run `pulumi up --refresh`, or correct organization and id.",
  ];
  ISSUER_NOT_VISIBLE: [
    "The issuer or its policy can't be seen with this access token.",
    "Use a token with the scopes that docs/permissions.md lists; check organization and `apiUrl`.",
  ];
  ISSUER_URL_INVALID: ["The text is not an issuer URL.", "Give the `iss` of the issuer's tokens exactly."];
  ISSUER_URL_SHARED: ["The URL is the default issuer of every cluster.", "Give the cluster an issuer of its own."];
  JOB_INVALID: ["A setting of a Job is not possible.", "Give a whole number within the limit that is named."];
  JWKS_INVALID: ["The keys are not a usable JSON Web Key Set.", "Give the key set as the issuer serves it."];
  JWKS_OF_ROTATING_ISSUER: ["The issuer changes its keys, so uploaded ones stop working.", "Leave the keys out."];
  JWKS_PRIVATE: ["A key has secret parts.", "Give the public half alone, and replace the key."];
  KEYS_UNAVAILABLE: [
    "An issuer's keys can't be read, so no token of it can be verified.",
    "Check the issuer's address, the network and its certificate.",
  ];
  KUBECONFIG_INVALID: [
    "The kubeconfig or a context in it can't be used.",
    "Give path and context that `kubectl` works with.",
  ];
  KUBECONFIG_MISSING: ["A stand-in of the lab got no kubeconfig.", "Source the environment file that `lab up` prints."];
  KUBECONFIG_UNREADABLE: ["The kubeconfig can't be read.", "Use the kubeconfig that the lab wrote."];
  KUBERNETES_API_REFUSED: ["The API server of the lab refused a call.", "Correct what its message names."];
  KUBERNETES_API_UNREACHABLE: [
    "The API server of the lab does not answer.",
    "Ask `oidc-runner lab status` whether it runs.",
  ];
  KUBERNETES_DELETE_TIMEOUT: ["An object is still there after its time.", "See with kubectl what holds it."];
  KUBERNETES_FIELD_CONFLICT: [
    "Another manager owns a field.",
    "Take it over with the annotation that is named, or leave it out.",
  ];
  KUBERNETES_KIND_UNKNOWN: [
    "The API server has no such kind.",
    "Check apiVersion and kind, or create the definition first.",
  ];
  LABEL_INVALID: ["A label is not possible, or is the runner's own.", "Change the label that is named."];
  LAB_ARGUMENT_MISSING: ["A function of a stand-in lacks an argument.", "Give it."];
  LAB_DIRECTORY_UNUSABLE: ["The lab's directory can't be used.", "Choose another `--directory`."];
  LAB_FAILED: [
    "The lab ended by itself.",
    "Start it again; if it fails the same way, report it with the words that are quoted.",
  ];
  LAB_NOT_FOUND: ["No lab runs there, or it does not answer.", "Start one with `oidc-runner lab up`."];
  LAB_NOT_ISOLATED: ["The lab's node agent may not mount file systems.", "Start it as the lab does."];
  LAB_NOT_YOURS: [
    "The lab's directory is not this user's alone.",
    "Choose a directory below one that only you can write to.",
  ];
  LAB_NO_NAMESPACES: [
    "The machine allows no mount and process namespaces.",
    "Allow them as the error says, or run the lab as root.",
  ];
  LAB_RUNNING: ["A lab runs there already.", "Stop it with `oidc-runner lab down`, or choose another `--directory`."];
  LAB_UNKNOWN_CLAIM: ["Tokens of the CI system have no such claim.", "Use one of the names that are listed."];
  LAB_UNKNOWN_ISSUER: ["The lab signs for no such issuer.", "Use one of the names that are listed."];
  LAB_UNKNOWN_PROVIDER: ["The lab has no stand-in of this name.", "Use the lab's own plugins."];
  LAB_UNSUPPORTED_ARGUMENT: ["A stand-in does not know this setting.", "Leave it out of the rehearsal."];
  LAB_UNSUPPORTED_RESOURCE: ["A stand-in does not have this resource or function.", "Leave it out of the rehearsal."];
  LOGIN_ENCRYPTED: [
    "The stored Pulumi login is encrypted, and only the CLI can read it.",
    "Set PULUMI_ACCESS_TOKEN, or log in as named.",
  ];
  MANAGED_POLICY_NOT_FOUND: [
    "AWS has no managed policy of this ARN.",
    "Give an ARN as `aws iam list-policies --scope AWS` prints it.",
  ];
  METADATA_UNAVAILABLE: [
    "Google's metadata server gave no identity token.",
    "Run on Google Cloud, with a service account that the workload may use.",
  ];
  NAMESPACE_INVALID: ["The namespace is not a name in Kubernetes, or can't be created.", "Use another name."];
  NAMESPACE_MISSING: [
    "The cluster has no such namespace.",
    "Set `createNamespace`, or make it before the runner or service.",
  ];
  NOT_LOGGED_IN: [
    "There is no Pulumi access token for this address.",
    "Set PULUMI_ACCESS_TOKEN, or run `pulumi login`.",
  ];
  OIDC_ISSUER_OFF: ["The AKS cluster has no OIDC issuer.", "Enable it on the cluster."];
  OIDC_PROVIDER_ARN_INVALID: ["The text is not the ARN of an IAM OIDC provider.", "Give it in the form that is named."];
  OIDC_PROVIDER_AUDIENCE: [
    "The IAM OIDC provider does not take tokens with this audience.",
    "Do what the error names.",
  ];
  OIDC_PROVIDER_EXISTS: [
    "The AWS account has an IAM OIDC provider for the issuer already.",
    "Leave `createOidcProvider` out, or import it.",
  ];
  OIDC_PROVIDER_MISMATCH: ["The IAM OIDC provider is another issuer's.", "Give the provider for the tokens' issuer."];
  OIDC_PROVIDER_NOT_FOUND: [
    "The AWS account has no IAM OIDC provider for the issuer.",
    "Have it made by one program, or by the command that is named.",
  ];
  OPTION_CONFLICT: ["Arguments are mutually exclusive.", "Give only one of those that are named."];
  OPTION_INVALID: ["The value of an argument is out of its range.", "Give a value within the limits that are named."];
  OPTION_MISSING: ["An argument is needed.", "Give what is named."];
  ORGANIZATION_EMPTY: ["The Pulumi organization is empty.", "Give its name as in app.pulumi.com/NAME."];
  ORGANIZATION_INVALID: ["The text is not the name of an organization.", "Use the name alone."];
  ORIGIN_FOREIGN: [
    "A request would take a token to another origin than the one it is for.",
    "Send it by a fetch without the token, or make another one for that origin.",
  ];
  PATTERN_TOO_LONG: [
    "A pattern with wildcards, or the text it is compared with, has more than 4,096 characters.",
    "Use a shorter pattern, or one without wildcards.",
  ];
  PATTERN_WITHOUT_LITERAL: ["A pattern has no literal character.", "Write a part of the value without wildcards."];
  PEER_MISSING: ["A package that this use needs is not installed.", "Install it with the command that is named."];
  PEER_TOO_OLD: ["An installed package is too old for an argument.", "Update it with the command that is named."];
  POD_SECURITY_RESTRICTED: [
    "The pod would not pass the Pod Security level that its namespace is created with.",
    "Change the fields that are named, or make the namespace with another level.",
  ];
  POD_TEMPLATE_INVALID: ["The pod template can't be merged.", "Correct the field that is named."];
  POD_TEMPLATE_TRUST: [
    "The pod template changes a field that the runner's trust depends on.",
    "Leave the field out; use the argument that is named.",
  ];
  POLICY_ALLOWS_ALL: ["An allow without rules admits every token of the issuer.", "Add rules on `aud` and `sub`."];
  POLICY_CONTENDED: [
    "The policy could not be read and written in time; nothing was written.",
    "Run `pulumi up` again.",
  ];
  POLICY_EMPTY: ["There is no policy.", "Give at least one."];
  POLICY_INVALID: ["A policy is not possible.", "Correct the field that is named."];
  POLICY_LINT: ["The linter found an error in a policy.", "Correct it, or waive the finding by name with a reason."];
  POLICY_NOT_STORED: [
    "Pulumi Cloud stored another policy than was sent.",
    "Put the policy right in Pulumi Cloud; then update this package, or leave out what the service does not keep.",
  ];
  POLICY_NOT_UNIQUE: [
    "The issuer has an equal policy already.",
    "After an interrupted update set `adoptPolicies: true` for one update; else make the rules differ.",
  ];
  POLICY_WRITE_UNCERTAIN: [
    "The policy was changed, or may have been, without a confirmation.",
    "Run `pulumi up --refresh` or `pulumi destroy` again.",
  ];
  [status: `PULUMI_CLOUD_${number}`]: [
    "Pulumi Cloud answered with this HTTP status; the text is the service's own.",
    "401: log in again. 403, 404: use a token with the scopes that docs/permissions.md lists. 429, 5xx: try again later. 400: correct what is named.",
  ];
  PULUMI_CLOUD_ANSWER_INVALID: [
    "The answer is not that of Pulumi Cloud.",
    "Check `apiUrl` and the proxy, or update this package.",
  ];
  PULUMI_CLOUD_REDIRECTED: [
    "The address leads elsewhere, where the token is not sent.",
    "Give the address of the API itself.",
  ];
  PULUMI_CLOUD_UNREACHABLE: ["Pulumi Cloud did not answer.", "Check network, proxy and certificates, then try again."];
  PULUMI_SDK_NOT_FOUND: ["The package `@pulumi/pulumi` is not installed.", "npm install @pulumi/pulumi"];
  REGION_INVALID: ["The text is not an AWS region.", "Give a code such as eu-west-1."];
  ROLE_ARN_INVALID: ["The text is not the ARN of an IAM role.", "Give arn:aws:iam::ACCOUNT:role/NAME."];
  ROLE_INVALID: ["A setting of an IAM role is not possible.", "Correct the setting that is named."];
  SCHEMA_UNSUPPORTED: ["A type of ours can't be put into the package schema.", "Write the type in a supported form."];
  SERVICE_ACCOUNT_NAME_INVALID: [
    "The ServiceAccount's name can't be trusted.",
    "Use letters, digits and hyphens; no dot.",
  ];
  SERVICE_INVALID: ["A setting of a service is not possible.", "Correct the setting that is named."];
  SESSION_POLICY_INVALID: [
    "The session policy is not an IAM policy in JSON.",
    "Give JSON text with Version and Statement.",
  ];
  SUBJECT_INVALID: ["A part of a typed subject is not possible.", "Correct the part that is named."];
  THUMBPRINT_INVALID: ["The text is not the SHA-256 of a certificate.", "Give 64 hexadecimal digits, or leave it out."];
  TOKEN_ADMIN_INVALID: [
    "The access token can't be an administrator's.",
    "Leave admin out, or ask for an organization token without a role.",
  ];
  TOKEN_FILE_UNUSABLE: [
    "The file holds no whole token, or can't be read.",
    "Give the path of a projected token, and wait for the kubelet to write it.",
  ];
  TOKEN_FOR_OTHER_API: ["The access token at hand belongs to another address.", "Log in to this address."];
  TOKEN_OWNER_MISSING: ["The access token needs an owner.", "Name its team, user or pool."];
  TOKEN_OWNER_UNEXPECTED: ["The access token has no such owner.", "Leave it out, or ask for the token it belongs to."];
  TOKEN_OWNER_WILDCARD: ["The owner of the access token is a pattern.", "Name one team, user or pool."];
  TOKEN_TYPE_INVALID: ["The text is not a type of access token.", "Use organization, team, personal or runner."];
  TOOLCHAIN_BUILD_FAILED: ["A tool of the lab could not be built.", "Read the lines of the compiler; free disk space."];
  TOOLCHAIN_CACHE_NOT_WRITABLE: [
    "The tool cache can't be written.",
    "Set OIDC_RUNNER_CACHE to a directory you can write to.",
  ];
  TOOLCHAIN_CACHE_NOT_YOURS: [
    "Others can change the tools in the cache.",
    "Set OIDC_RUNNER_CACHE to a directory of yours.",
  ];
  TOOLCHAIN_CHECKSUM_MISMATCH: [
    "A download is not the file it should be.",
    "Use another network, or put the tool on PATH.",
  ];
  TOOLCHAIN_NO_GO: [
    "A tool is missing and there is no Go to build it.",
    "Put the tool on PATH, connect, or install Go.",
  ];
  TOOLCHAIN_NO_NETWORK: [
    "A tool is missing and can't be downloaded.",
    "Connect to the internet, or put the tool on PATH.",
  ];
  TOOLCHAIN_PACKAGE_INCOMPLETE: ["The package's own directory was not found.", "Install pulumi-oidc-runner again."];
  TOOLCHAIN_PLATFORM: [
    "No Kubernetes control plane is published for this platform.",
    "Run the lab on Linux, or give the binaries.",
  ];
  TRUST_ALLOWS_ADMIN: [
    "A shared policy gives the runner an administrator's token.",
    "Give that policy to fewer ServiceAccounts.",
  ];
  TRUST_DOES_NOT_ADMIT: ["The given trust refuses the runner's pod.", "Correct the trust's policies, or the runner."];
  TRUST_FOR_OTHER_ISSUER: ["The given trust is another cluster's.", "Give the trust of this cluster."];
  TRUST_FOR_OTHER_ORGANIZATION: [
    "The given trust is another organization's.",
    "Give a trust of the runner's organization.",
  ];
  TRUST_FOR_OTHER_ROLE: ["A shared policy gives the runner another role than it asks for.", "Make both the same."];
  TRUST_NOT_PROVEN: ["A derived document admits the wrong identity.", "This is a defect of the package: report it."];
  TRUST_POLICY_TOO_LONG: [
    "The trust policy of a role is longer than IAM stores.",
    "Make a role for fewer subjects, or raise the account's quota.",
  ];
  TRUST_SUBJECT_INVALID: [
    "A trust document names no subject, or one with a wildcard.",
    "Give each subject in full, as the token's claim sub has it.",
  ];
  WAIVER_INVALID: ["A waiver names no finding that can be waived, or has no reason.", "Correct name and reason."];
  WORKLOAD_IDENTITY_OFF: [
    "The cluster has no Workload Identity Federation for GKE.",
    "Turn it on, or leave the access out.",
  ];
  WORKLOAD_POOL_MISMATCH: [
    "The cluster's workload pool is another project's.",
    "Give the project that the pool belongs to.",
  ];
}

/** Code of an {@link OidcRunnerError}: a stable name that programs may compare. */
export type ErrorCode = keyof ErrorCodes;
