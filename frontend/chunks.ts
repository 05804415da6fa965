import type { Plugin } from "vite";

/** Which modules some of the page's modules import, themselves or through others; known once all are read. */
export interface Reached {
  readonly plugin: Plugin;
  readonly has: (id: string) => boolean;
}

/** What is loaded at once with the modules whose names end so, or, where none is named, with the page's entry. */
export function reached(from: string | null = null): Reached {
  const found = new Set<string>();
  return {
    has: (id) => found.has(id),
    plugin: {
      name: `reached-from-${from ?? "entry"}`,
      apply: "build",
      buildEnd() {
        const begins = (id: string) =>
          from === null ? this.getModuleInfo(id)?.isEntry === true : id.endsWith(from);
        const left = [...this.getModuleIds()].filter(begins);
        for (let id = left.pop(); id !== undefined; id = left.pop()) {
          if (found.has(id)) continue;
          found.add(id);
          left.push(...(this.getModuleInfo(id)?.importedIds ?? []));
        }
      },
    },
  };
}
