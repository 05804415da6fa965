import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { type IndexHtmlTransformContext, type Plugin, runnerImport } from "vite";

import { NO_BOARD } from "./src/app/noBoard.ts";
import type * as Shell from "./src/app/Shell.tsx";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What is fetched beside the first load, by who comes (`first.js`) and by the first word of the address. */
const AHEAD = {
  member: "src/app/memberRoutes.ts",
  board: "src/app/Board.tsx",
  visitor: "src/app/Landing.tsx",
  insights: "src/app/Insights.tsx",
  settings: "src/features/settings/SettingsPage.tsx",
};

/**
 * Writes into the document what is seen before any code has come: the frame, and at the front door what this is, in
 * each language, from the page's own components and catalogue; and the script that chooses among it.
 */
export function opening(): Plugin {
  let base = "/";
  return {
    name: "opening",
    configResolved: (config) => {
      base = config.base;
    },
    transformIndexHtml: {
      order: "post",
      handler: async (html, { bundle }) => {
        const { module } = await runnerImport<typeof Shell>(here("./src/app/Shell.tsx"), {
          configFile: false,
          resolve: { alias: { "@": here("./src") } },
        });
        const ahead = Object.fromEntries(
          Object.entries(AHEAD).map(([who, path]) => [
            who,
            // The first load is in the document already.
            filesOf(bundle, here(path))
              .map((name) => base + name)
              .filter((name) => !html.includes(name)),
          ]),
        );
        const script = readFileSync(here("./first.js"), "utf8")
          .replace(/^ *\/\/.*\n/gm, "")
          .replace("__AHEAD__", () => JSON.stringify(ahead))
          .replace("__NO_BOARD__", () => JSON.stringify(NO_BOARD));
        return html
          .replace("<!-- first.js -->", () => `<script>${script}</script>`)
          .replace("<!-- Shell.tsx -->", () => module.shell());
      },
    },
  };
}

/** A part's own file and those that it can't do without, where they are built. */
function filesOf(bundle: IndexHtmlTransformContext["bundle"], part: string): string[] {
  const chunks = Object.values(bundle ?? {}).filter((output) => output.type === "chunk");
  const found = new Set(
    chunks.filter(({ moduleIds }) => moduleIds.includes(part)).map(({ fileName }) => fileName),
  );
  for (const name of found) {
    for (const one of chunks.find(({ fileName }) => fileName === name)?.imports ?? [])
      found.add(one);
  }
  return [...found];
}
