import { SIGNS } from "@/shared/lib/signs";
import { quickAdd } from "@/shared/text/quickAdd";

import type { Suggestions } from "./useSuggestions";

interface SuggestionListProps extends Suggestions {
  readonly id: string;
}

/** The names that may be meant; the line keeps the focus and says which of them is chosen. */
export default function SuggestionList({ id, kind, names, active, take }: SuggestionListProps) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label={kind === "project" ? quickAdd.projects : quickAdd.labels}
      className="appear absolute inset-x-0 bottom-full z-40 mb-2 max-h-72 max-w-80 overflow-auto rounded-card border border-line-strong bg-card p-1 wide:top-full wide:bottom-auto wide:mt-2 wide:mb-0"
    >
      {names.map((name, index) => (
        <li
          key={name}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className={`flex min-h-11 cursor-pointer items-center gap-2 rounded-card px-3 wide:min-h-9 ${
            index === active ? "bg-hover shadow-[inset_3px_0_var(--accent)]" : "hover:bg-hover"
          }`}
          // The focus stays in the line.
          onPointerDown={(event) => {
            event.preventDefault();
          }}
          onClick={() => {
            take(name);
          }}
        >
          <span aria-hidden="true" className="text-accent">
            {SIGNS[kind]}
          </span>
          <span className="truncate">{name}</span>
        </li>
      ))}
    </ul>
  );
}
