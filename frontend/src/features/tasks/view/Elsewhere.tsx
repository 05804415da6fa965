import { views } from "@/shared/text/views";
import { CheckIcon } from "@/shared/ui/icons";

import { TaskLink } from "./TaskLink";
import { useServerSearch } from "./useServerSearch";

/** What a search finds beyond the board. */
export default function Elsewhere({ q }: { readonly q: string }) {
  const found = useServerSearch(q);
  if (found.length === 0) return null;
  return (
    <section aria-label={views.elsewhere} className="appear grid gap-1 border-t border-line pt-3">
      <h2 className="font-semibold">{views.elsewhere}</h2>
      <p className="text-meta text-muted">{views.elsewhereHint}</p>
      <ul className="grid">
        {found.map(({ id, title }) => (
          <li key={id}>
            <TaskLink
              id={id}
              onBoard
              className="flex min-h-11 items-center gap-2 rounded-card px-2 text-muted hover:bg-hover wide:min-h-9"
            >
              <CheckIcon className="size-4 text-done" />
              {title}
            </TaskLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
