import { constants, gzipSync } from "node:zlib";

import type { Plugin } from "vite";

/** What a visitor's browser fetches and reads before anything shows, in bytes as they are sent. */
const FIRST_LOAD_LIMIT = 120_000;

/** Fails a build whose first load of JavaScript has grown beyond its limit. */
export function budget(): Plugin {
  return {
    name: "budget",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
      const first = new Set(chunks.filter(({ isEntry }) => isEntry));
      for (const { imports } of first) {
        for (const chunk of chunks) if (imports.includes(chunk.fileName)) first.add(chunk);
      }
      const sizes = [...first].map(
        ({ code }) => gzipSync(code, { level: constants.Z_BEST_COMPRESSION }).length,
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      if (total > FIRST_LOAD_LIMIT) {
        this.error(`The first load is ${total} bytes; ${FIRST_LOAD_LIMIT} is the limit.`);
      }
      this.info(`The first load is ${total} of at most ${FIRST_LOAD_LIMIT} bytes.`);
    },
  };
}
