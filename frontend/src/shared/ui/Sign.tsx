import type { Colour } from "@/shared/api/types";
import { type Signed, SIGNS } from "@/shared/lib/signs";

interface SignProps {
  readonly of: Signed;
  readonly colour: Colour;
  readonly className?: string;
}

/** What a project or label is known by, in its colour; always before its name, which says it in words. */
export function Sign({ of, colour, className = "" }: SignProps) {
  return (
    <span
      aria-hidden="true"
      data-colour={colour}
      className={`shrink-0 font-normal text-(--tag) ${className}`}
    >
      {SIGNS[of]}
    </span>
  );
}
