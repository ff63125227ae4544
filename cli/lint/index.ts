import { checkIssuerUrl } from "../../trust/issuers";
import { print, printJson, styled } from "../print";
import { type RelyingParty, readDocument } from "../read-document";
import { LINTERS } from "./relying-parties";

/** Options of `oidc-runner lint`. */
export interface LintOptions {
  relyingParty: RelyingParty;
  policy: string;
  issuer?: string;
  json?: boolean;
}

/** Prints what is wrong with a trust document. Returns the exit code: 1 when an error is among it, else 0. */
export function lintCommand({ relyingParty, policy, issuer, json }: LintOptions): number {
  if (issuer !== undefined) {
    checkIssuerUrl(issuer, "--issuer");
  }
  const findings = LINTERS[relyingParty](readDocument(relyingParty, policy), issuer);
  if (json) {
    printJson({ findings });
  } else {
    for (const { name, severity, path, message, fix } of findings) {
      const style = severity === "error" ? "red" : "yellow";
      print([styled(style, severity), " ", styled("bold", name), ` at ${path}: ${message}`], `  fix: ${fix}`);
    }
    print(findings.length === 0 ? "no findings" : `${findings.length} found`);
  }
  return findings.some(({ severity }) => severity === "error") ? 1 : 0;
}
