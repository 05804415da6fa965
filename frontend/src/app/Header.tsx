import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { text } from "@/shared/text";
import { Logo } from "@/shared/ui/Logo";

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
    <header className="sticky top-0 z-30 border-b border-line bg-paper">
      <div className="mx-auto flex h-14 max-w-[1680px] items-center gap-2 px-3 sm:px-6">
        <Link
          to="/"
          aria-label={text.header.home}
          className={`flex min-h-11 shrink-0 items-center gap-2.5 rounded-card font-semibold wide:w-44 wide:mr-6 ${middle ? "max-sm:hidden" : ""}`}
        >
          <Logo />
          {text.product}
        </Link>
        <div className="flex min-w-0 flex-1 items-center gap-2">{middle}</div>
        <span className={middle ? "max-sm:hidden" : ""}>
          <ThemeToggle />
        </span>
        {end}
      </div>
    </header>
  );
}
