import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

import { text } from "./textRules.js";

/** One arrow: app → features → shared. A feature knows no other feature; the app joins them. */
const arrow = (files, forbidden, why) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: forbidden.map((regex) => ({ regex, message: why })) },
    ],
  },
});

const UPWARD = ["^@/(app|features|test)(/|$)", "(^|/)\\.\\./.*(app|features)/"];
const FEATURES = ["activity", "auth", "insights", "landing", "settings", "tasks"];

export default defineConfig(
  { ignores: ["dist", "coverage", "public", "first.js", "src/shared/api/schema.d.ts"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "max-lines": ["error", 300],
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // Naming a field is how the rest is taken without it.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // The router throws its redirects; that is its documented way.
      "@typescript-eslint/only-throw-error": [
        "error",
        { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] },
      ],
    },
  },
  arrow(["src/shared/**"], UPWARD, "shared knows neither features nor the app."),
  // The reference client of docs/realtime.md: it and these three modules can be taken out of the page as they are.
  arrow(
    ["src/shared/socket/**"],
    [...UPWARD, "^[^.@]", "^@(?!/shared/(lib/(alarms|backoff|timers)|socket/))", "^\\.\\./"],
    "the client of the stream knows nothing of the page, nor any package.",
  ),
  arrow(
    ["src/shared/lib/{alarms,backoff,timers}.ts"],
    ["^(?!\\./(alarms|backoff|timers)$)"],
    "the client of the stream knows nothing of the page, nor any package.",
  ),
  ...FEATURES.map((feature) =>
    arrow(
      [`src/features/${feature}/**`],
      [
        "^@/app(/|$)",
        "(^|/)\\.\\./.*(app|features)/",
        `^@/features/(?!${feature}(/|$))`,
        `^\\.\\./(\\.\\./)*(?:${FEATURES.filter((other) => other !== feature).join("|")})(/|$)`,
      ],
      "a feature knows only itself and shared.",
    ),
  ),
  // Every sentence stands in shared/text, where each language has its own.
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/shared/text/**", "src/test/**", "**/*.test.*"],
    plugins: { text },
    rules: { "text/no-literal": "error", "text/no-kept-text": "error" },
  },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ["**/*.test.{ts,tsx}", "src/test/**"],
    rules: {
      "no-restricted-imports": "off",
      // expect(object.method) asks about a mock, not for a bound call.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
