import type { ReactNode } from "react";

import type { User } from "@/shared/api/types";

export interface SectionProps {
  readonly user: User;
  readonly onChanged: (user: User) => void;
  /** The account is gone, or this session of it. */
  readonly onGone: () => void;
}

interface PartProps {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

/** One matter of a section, under its own heading. */
export function Part({ title, hint, children }: PartProps) {
  return (
    <section
      aria-label={title}
      className="grid gap-4 not-first:border-t not-first:border-line not-first:pt-8"
    >
      <div className="grid gap-1">
        <h2 className="font-semibold">{title}</h2>
        {hint !== undefined && <p className="text-muted">{hint}</p>}
      </div>
      {children}
    </section>
  );
}
