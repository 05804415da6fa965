import { type KeyboardEvent, useState } from "react";

import { SIGNS } from "@/shared/lib/signs";

const MAX_SHOWN = 6;
/** A sign and what is typed after it, up to the caret. */
const BEGUN = /(?:^|\s)([#@])([^#@"]{0,60})$/;

export interface Suggestions {
  readonly kind: "project" | "label";
  readonly names: readonly string[];
  /** Which of them Enter takes. */
  readonly active: number;
  readonly take: (name: string) => void;
}

interface Options {
  readonly line: string;
  readonly caret: number;
  readonly projects: readonly string[];
  readonly labels: readonly string[];
  /** Told of the line with a name put in, and where the caret is to be. */
  readonly onTake: (line: string, caret: number) => void;
}

/** Names that go on as what stands before the caret, and the keys that choose among them. */
export function useSuggestions({ line, caret, projects, labels, onTake }: Options): {
  readonly suggestions: Suggestions | null;
  /** Whether the key was for the list. */
  readonly press: (event: KeyboardEvent) => boolean;
} {
  const [moved, setMoved] = useState({ line: "", active: 0 });
  const [dismissed, setDismissed] = useState<string | null>(null);
  const begun = BEGUN.exec(line.slice(0, caret));
  if (!begun || dismissed === line) return { suggestions: null, press: () => false };
  const [, sign, typed = ""] = begun;
  const kind = sign === SIGNS.project ? "project" : "label";
  const names = matching(kind === "project" ? projects : labels, typed);
  if (names.length === 0) return { suggestions: null, press: () => false };
  const active = moved.line === line ? Math.min(moved.active, names.length - 1) : 0;
  const take = (name: string) => {
    const rest = line.slice(caret);
    const before = `${line.slice(0, caret - typed.length)}${name} `;
    onTake(before + rest.replace(/^\s/, ""), before.length);
  };
  const move = (by: number) => {
    setMoved({ line, active: (active + by + names.length) % names.length });
  };
  return {
    suggestions: { kind, names, active, take },
    press: (event) => {
      const name = names[active];
      if (event.key === "ArrowDown") move(1);
      else if (event.key === "ArrowUp") move(-1);
      else if (event.key === "Escape") setDismissed(line);
      else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && name)
        take(name);
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

/** Those that begin so come first. One that is written already needs no help. */
function matching(names: readonly string[], typed: string): string[] {
  const wanted = typed.toLowerCase();
  const found = names.filter((name) => name.toLowerCase().includes(wanted));
  if (found.some((name) => name.toLowerCase() === wanted)) return [];
  const begins = (name: string) => Number(!name.toLowerCase().startsWith(wanted));
  return [...found].sort((one, other) => begins(one) - begins(other)).slice(0, MAX_SHOWN);
}
