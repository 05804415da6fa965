import { Observable } from "@/shared/lib/observable";
import { recall, remember } from "@/shared/lib/storage";

export type Theme = "system" | "light" | "dark";

export const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** The chosen theme. first.js has applied it before the first paint. */
export const theme = new Observable<Theme>(chosen());

export function nextTheme(): void {
  chooseTheme(THEMES[(THEMES.indexOf(theme.get()) + 1) % THEMES.length] ?? "system");
}

export function chooseTheme(next: Theme): void {
  remember("theme", next);
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  theme.set(next);
  colourBar();
}

/** The browser's own bar follows the chosen theme, where one is chosen. */
function colourBar(): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = (meta.dataset.theme ??= meta.media.includes("dark") ? "dark" : "light");
    const now = theme.get();
    meta.media =
      now === "system" ? `(prefers-color-scheme: ${own})` : own === now ? "all" : "not all";
  }
}

function chosen(): Theme {
  const kept = recall("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

colourBar();
