import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import type { ResolvedConfig } from "vite";
import { afterEach, beforeEach, expect, it } from "vitest";

import { compressed } from "../../compressed.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "taskengine-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("lays two shorter copies beside each built text, wherever it is, and none beside pictures", () => {
  const code = "export const said = 'the same again and again';\n".repeat(50);
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "assets", "page.js"), code);
  writeFileSync(join(folder, "icon.png"), code);
  const { configResolved, closeBundle } = compressed() as unknown as {
    readonly configResolved: (config: ResolvedConfig) => void;
    readonly closeBundle: () => void;
  };
  configResolved({ build: { outDir: folder } } as ResolvedConfig);
  closeBundle();
  const path = join(folder, "assets", "page.js");
  const [br, gz] = [readFileSync(`${path}.br`), readFileSync(`${path}.gz`)];
  expect(brotliDecompressSync(br).toString()).toBe(code);
  expect(gunzipSync(gz).toString()).toBe(code);
  expect(Math.max(br.length, gz.length)).toBeLessThan(code.length / 4);
  expect(readdirSync(folder).sort()).toEqual(["assets", "icon.png"]);
});
