import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { text } from "@/shared/text";

import { Bar, HOME, Name } from "./Bar";
import { ThemeToggle } from "./ThemeToggle";

interface HeaderProps {
  /** Between the name and the right edge. */
  readonly middle?: ReactNode;
  /** At the right edge, after the theme. */
  readonly end?: ReactNode;
}

/** Every page's first line. On a phone the name and the theme give their room to what is due next. */
export function Header({ middle, end }: HeaderProps) {
  return (
    <Bar>
      <Link
        to="/"
        aria-label={text.header.home}
        className={`${HOME} ${middle ? "max-sm:hidden" : ""}`}
      >
        <Name />
      </Link>
      <div className="flex min-w-0 flex-1 items-center gap-2">{middle}</div>
      <span className={middle ? "max-sm:hidden" : ""}>
        <ThemeToggle />
      </span>
      {end}
    </Bar>
  );
}
