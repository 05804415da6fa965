import { afterEach, beforeEach, expect, it } from "vitest";

import { nextTheme, theme } from "./theme";

const bars = ["light", "dark"].map((scheme) => {
  const meta = document.createElement("meta");
  meta.name = "theme-color";
  meta.media = `(prefers-color-scheme: ${scheme})`;
  return meta;
});
const media = () => bars.map((meta) => meta.media);

beforeEach(() => {
  document.head.append(...bars);
});

afterEach(() => {
  while (theme.get() !== "system") nextTheme();
  for (const meta of bars) meta.remove();
});

it("colours the browser's own bar as chosen, else as the system", () => {
  nextTheme();
  expect(media()).toEqual(["all", "not all"]);
  nextTheme();
  expect(media()).toEqual(["not all", "all"]);
  nextTheme();
  expect(media()).toEqual(["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"]);
});
