import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import type { Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

/** Under these the server answers for itself; no cached document may stand in for it. */
const NOT_THE_PAGE = /^\/(?:api|ws|admin|static|healthz|readyz|metrics)(?:\/|$)/;

/**
 * Makes the page one that can be installed and opens without a network: a worker keeps the built
 * files and the page's one document. It keeps no answer of the API: what the page knows it keeps itself.
 */
export function installable(): Plugin[] {
  return VitePWA({
    // The page registers it itself, once it has nothing better to do (src/app/serviceWorker.ts).
    injectRegister: false,
    registerType: "prompt",
    // It is a file like any other: public/manifest.webmanifest.
    manifest: false,
    workbox: {
      globPatterns: ["**/*.{js,css,svg,html}"],
      globIgnores: ["sw.js", "notices.js"],
      // One file, served at the root of the site so that it may speak for all of it.
      inlineWorkboxRuntime: true,
      // What it does beside keeping the page: presses on notices.
      importScripts: [`/static/notices.js?v=${hashOf("./public/notices.js")}`],
      sourcemap: false,
      cleanupOutdatedCaches: true,
      // The first visit is kept too. A new version waits until the person says so.
      clientsClaim: true,
      skipWaiting: false,
      navigateFallback: "/",
      navigateFallbackDenylist: [NOT_THE_PAGE],
      // The names change with the content.
      dontCacheBustURLsMatching: /assets\/[^/]+-[\w-]{8}\.\w+$/,
      manifestTransforms: [
        (entries) => ({
          manifest: entries.map((entry) => ({
            ...entry,
            // The document is kept as the server sends it at its own address, headers and all.
            url:
              entry.url === "index.html"
                ? "/"
                : `/static/${entry.url.replace(/^\/?(static\/)?/, "")}`,
          })),
          warnings: [],
        }),
      ],
    },
  });
}

/**
 * A few letters that change with a file's content. Browsers may take what the worker imports from their
 * cache, though never the worker itself: by another address it is another file.
 */
function hashOf(path: string): string {
  const content = readFileSync(new URL(path, import.meta.url));
  return createHash("sha256").update(content).digest("hex").slice(0, 8);
}
