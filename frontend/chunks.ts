import type { Plugin } from "vite";

/** Which modules the page's entry imports, itself or through others; known once all are read. */
export interface FirstLoad {
  readonly plugin: Plugin;
  readonly has: (id: string) => boolean;
}

/** Tells what is loaded at once from what is fetched when it is wanted. */
export function firstLoad(): FirstLoad {
  const found = new Set<string>();
  return {
    has: (id) => found.has(id),
    plugin: {
      name: "first-load",
      apply: "build",
      buildEnd() {
        const left = [...this.getModuleIds()].filter((id) => this.getModuleInfo(id)?.isEntry);
        for (let id = left.pop(); id !== undefined; id = left.pop()) {
          if (found.has(id)) continue;
          found.add(id);
          left.push(...(this.getModuleInfo(id)?.importedIds ?? []));
        }
      },
    },
  };
}
