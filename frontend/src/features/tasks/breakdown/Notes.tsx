import type { Breakdown } from "@/shared/api/types";
import { breakdown as text } from "@/shared/text/breakdown";

/** What the plan rests on, what could go wrong, and what was mended in it. */
export function Notes({ draft }: { readonly draft: Breakdown }) {
  const groups = [
    { name: text.assumptions, lines: draft.assumptions },
    { name: text.risks, lines: draft.risks },
    { name: text.remarks, lines: draft.remarks.map(({ detail }) => detail) },
  ].filter(({ lines }) => lines.length > 0);
  return groups.map(({ name, lines }) => (
    <section key={name} aria-label={name} className="grid gap-1 text-meta text-muted">
      <h4 className="font-semibold">{name}</h4>
      <ul className="grid gap-0.5">
        {[...new Set(lines)].map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  ));
}
