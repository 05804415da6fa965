import type { ReactNode } from "react";

import { text } from "@/shared/text";
import { Logo } from "@/shared/ui/Logo";

/** How the name at the left edge is laid out. */
export const HOME =
  "flex min-h-11 shrink-0 items-center gap-2.5 rounded-card font-semibold wide:w-44 wide:mr-6";

/** Every page's first line. */
export function Bar({ children }: { readonly children: ReactNode }) {
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-paper">
      <div className="mx-auto flex h-14 max-w-[1680px] items-center gap-2 px-3 sm:px-6">
        {children}
      </div>
    </header>
  );
}

export function Name() {
  return (
    <>
      <Logo />
      {text.product}
    </>
  );
}
