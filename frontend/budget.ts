import { constants, gzipSync } from "node:zlib";

import type { Plugin, Rolldown } from "vite";

type Chunk = Rolldown.OutputChunk;

/**
 * The first load: what any visitor's browser fetches and reads before the page draws, that is the
 * entry and what it imports, and that again. What is fetched when it is wanted is not in it: charts,
 * the parts of the board that are not in sight, and whatever needs an account.
 */
const FIRST_LOAD_LIMIT = 120_000;
/** The first load, and with it what comes before the first card of who is signed in. */
const FIRST_CARD_LIMIT = 165_000;
const ENTRY = ["/src/main.tsx"];
const MEMBERS = ["/src/app/memberRoutes.ts", "/src/app/Board.tsx"];

/** Fails a build in which what comes before the first sight has grown beyond its limit, in bytes as they are sent. */
export function budget(): Plugin {
  return {
    name: "budget",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
      // By what they hold: an entry that only imports others is no chunk any more when Vite writes the document.
      const holding = (paths: readonly string[]) =>
        paths.flatMap((path) => {
          const found = chunks.filter(({ moduleIds }) => moduleIds.some((id) => id.endsWith(path)));
          if (found.length === 0)
            this.error(
              `No chunk holds ${path}: what comes before the first sight can't be counted.`,
            );
          return found;
        });
      const entries = holding(ENTRY);
      const figures = [
        ["first load", sizeOf(entries, chunks), FIRST_LOAD_LIMIT],
        ["first card", sizeOf([...entries, ...holding(MEMBERS)], chunks), FIRST_CARD_LIMIT],
      ] as const;
      for (const [what, size, limit] of figures) {
        if (size > limit) this.error(`The ${what} is ${size} bytes; ${limit} is the limit.`);
        this.info(`The ${what} is ${size} of at most ${limit} bytes.`);
      }
    },
  };
}

/** What these chunks, and all that they import at once, take on the wire. */
function sizeOf(begin: readonly Chunk[], chunks: readonly Chunk[]): number {
  const all = new Set(begin);
  for (const { imports } of all) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) all.add(chunk);
  }
  const size = ({ code }: Chunk) => gzipSync(code, { level: constants.Z_BEST_COMPRESSION }).length;
  return [...all].reduce((sum, chunk) => sum + size(chunk), 0);
}
