import { dirname, resolve } from "node:path";
import ts from "typescript";

/** Sources that take the place of files, by absolute path; for tests. */
export type Overlay = ReadonlyMap<string, string>;

/**
 * The package's own sources from entry files. Other packages are not read: the schema follows from what is written in our
 * files, and reading `@pulumi/aws` alone takes seconds. Of the libraries only arrays are needed, for types that are derived
 * from lists.
 */
export function loadProgram(entries: string[], overlay: Overlay = new Map()): ts.Program {
  const options: ts.CompilerOptions = { lib: ["lib.es5.d.ts"], types: [], strict: true };
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (file, languageVersion) => {
    const text = overlay.get(resolve(file));
    return text === undefined
      ? getSourceFile(file, languageVersion)
      : ts.createSourceFile(file, text, languageVersion, true);
  };
  host.fileExists = (file) => overlay.has(resolve(file)) || fileExists(file);
  host.readFile = (file) => overlay.get(resolve(file)) ?? readFile(file);
  host.resolveModuleNameLiterals = (literals, containingFile) =>
    literals.map(({ text }) => {
      const path = resolve(dirname(containingFile), text);
      const ours = text.startsWith(".") ? [`${path}.ts`, resolve(path, "index.ts")].find(host.fileExists) : undefined;
      return { resolvedModule: ours ? { resolvedFileName: ours, extension: ts.Extension.Ts } : undefined };
    });
  return ts.createProgram(entries, options, host);
}
