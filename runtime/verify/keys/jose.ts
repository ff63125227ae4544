type Jose = typeof import("jose", { with: { "resolution-mode": "import" }});

let loading: Promise<Jose> | undefined;

/** jose is a package of ES modules, which CommonJS loads by `import()`; once, because that takes as long as a signature. */
export function jose(): Promise<Jose> {
  loading ??= import("jose");
  return loading;
}
