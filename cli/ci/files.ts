import { posix } from "node:path";
import { Document, isScalar, visit } from "yaml";
import type { CiSystem } from "../../trust/issuers";

/** A file to write, by its path from the repository's root. */
export interface GeneratedFile {
  path: string;
  text: string;
}

/** What a program says about a trust. */
export interface Program {
  organization: string;
  /** The issuer's key, and the trust's block for it. */
  issuer: string;
  trust: Record<string, string>;
  accessToken: object;
  subject: Record<string, string>;
  /** Default: the one that is logged in to. */
  apiUrl?: string;
}

/** The pipeline's file. */
export function pipelineFile({ file, comments = {} }: CiSystem, document: object): GeneratedFile {
  const yaml = new Document(document, { aliasDuplicateObjects: false });
  visit(yaml, {
    Scalar(_, node) {
      const comment = isScalar(node) ? comments[String(node.value)] : undefined;
      if (comment !== undefined) {
        node.comment = ` ${comment}`;
      }
    },
  });
  return { path: file, text: yaml.toString({ lineWidth: 0 }) };
}

/** The program that trusts the pipeline, in a project of its own. */
export function programFiles(directory: string, name: string, program: Program): GeneratedFile[] {
  const { organization, issuer, trust, accessToken, subject, apiUrl } = program;
  const args = {
    organization,
    [issuer]: trust,
    policies: [{ decision: "allow", accessToken, [issuer]: subject }],
    ...(apiUrl !== undefined && { apiUrl }),
  };
  const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;
  const files = {
    "Pulumi.yaml": new Document({
      name: "oidc-trust",
      description: `Pulumi Cloud trusts ${name}`,
      runtime: { name: "nodejs", options: { typescript: true } },
    }).toString(),
    "package.json": json({
      name: "oidc-trust",
      private: true,
      main: "index.ts",
      dependencies: {
        "@pulumi/kubernetes": "^4.29.0",
        "@pulumi/pulumi": "^3.200.0",
        "pulumi-oidc-runner": "^0.1.0",
      },
      devDependencies: { "@types/node": "^20.0.0", typescript: "^5.0.0" },
    }),
    "tsconfig.json": json({
      compilerOptions: {
        ...{ target: "ES2022", module: "node16", moduleResolution: "node16" },
        ...{ strict: true, skipLibCheck: true, noEmit: true },
      },
    }),
    "index.ts": `import { OidcTrustSetup } from "pulumi-oidc-runner";

// Pulumi Cloud gives jobs of ${name} an access token for a token of their own.
const trust = new OidcTrustSetup("ci", ${literal(args)});

export const issuerId = trust.issuerId;
export const pipelineStep = trust.pipelineStep;
`,
  };
  return Object.entries(files).map(([file, text]) => ({ path: posix.join(directory, file), text }));
}

/** An object as a program has it: names without quotes, and a comma behind each last field. */
function literal(value: object): string {
  return JSON.stringify(value, undefined, 2)
    .replace(/^( *)"(\w+)":/gm, "$1$2:")
    .replace(/([^{[,\n])(?=\n *[}\]])/g, "$1,");
}
