import type { Colour } from "@/shared/api/types";

interface DotProps {
  readonly colour: Colour;
  readonly className?: string;
}

/** A colour of the palette, always beside a name. */
export function Dot({ colour, className = "" }: DotProps) {
  return (
    <span
      aria-hidden="true"
      data-colour={colour}
      className={`inline-block size-2 shrink-0 rounded-full bg-(--tag) ${className}`}
    />
  );
}
