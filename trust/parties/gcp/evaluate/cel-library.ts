/** The CEL library, loaded when it is first used: a program that imports a component has no use for it. */
export function celLibrary(): typeof import("@bufbuild/cel") {
  return require("@bufbuild/cel") as typeof import("@bufbuild/cel");
}
