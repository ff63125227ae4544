/** The plugin that this process is. */
export interface ServingPlugin {
  /** Its version: the one that the engine looks for when a component of it makes a resource. */
  version: string;
}

let plugin: ServingPlugin | undefined;

/** The plugin that this process is; undefined in a program. */
export function servingPlugin(): ServingPlugin | undefined {
  return plugin;
}

/** Makes this process the plugin: the components in it make resources that it serves itself. */
export function servePlugin(self: ServingPlugin | undefined): void {
  plugin = self;
}
