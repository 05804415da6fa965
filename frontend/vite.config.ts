import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { budget } from "./budget.ts";
import { reached } from "./chunks.ts";
import { compressed } from "./compressed.ts";
import { opening } from "./opening.ts";
import { installable } from "./pwa.ts";

const first = reached();
const frame = reached("/src/app/memberRoutes.ts");
const board = reached("/src/app/Board.tsx");

const backend = process.env.TASKENGINE_URL ?? "http://127.0.0.1:8000";

export default defineConfig(({ command }) => ({
  // Django serves the build under /static/; the dev server answers at the root.
  base: command === "build" ? "/static/" : "/",
  plugins: [
    react(),
    tailwindcss(),
    first.plugin,
    frame.plugin,
    board.plugin,
    budget(),
    opening(),
    installable(),
    compressed(),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    // Whoever has the page's colours (light-dark) has that too.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // A slow machine is no fault of the build's.
      checks: { bundlerTimings: false },
      output: {
        // Few and whole chunks compress better than many small ones.
        codeSplitting: {
          groups: [
            {
              name: "vendor",
              test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(?!react-virtual|virtual-core)[^/]+)\//,
            },
            // They come when the first one opens.
            { name: "popovers", test: /node_modules\/(radix-ui|@radix-ui|@floating-ui)\// },
            { name: "page", test: (id) => id.includes("/src/") && first.has(id) },
            { name: "frame", test: (id) => frame.has(id) && !first.has(id) },
            { name: "board", test: (id) => board.has(id) && !first.has(id) && !frame.has(id) },
            // Shared by parts too, but not by the board: with the rest of what they share it would bring the popovers along.
            { name: "panels", test: /\/src\/shared\/ui\/PopoverPanel/ },
            // What several of the parts share that are fetched when they are wanted.
            { name: "common", test: /\/src\/(?!shared\/(forms\/|ui\/Field))/, minShareCount: 2 },
            // The board has no form of this kind.
            { name: "forms", test: /\/src\/shared\/(forms\/|ui\/Field)/ },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    // The Host header stays the browser's own, so that the backend's Origin checks pass.
    proxy: {
      "/api": { target: backend },
      "/ws": { target: backend, ws: true },
      "/healthz": { target: backend },
      "/readyz": { target: backend },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 15_000,
    // One page environment for all files of a worker; src/test/setup.ts cleans up between tests.
    isolate: false,
  },
}));
