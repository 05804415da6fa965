import type { ReactNode } from "react";

interface FrontProps {
  readonly words: { readonly claim: string; readonly more: string };
  /** What can be done about it. */
  readonly children?: ReactNode;
  /** The product at work. */
  readonly sample?: ReactNode;
}

/** What this is. It stands in the document itself (src/app/Shell.tsx), before any code is there to draw it. */
export function Front({ words, children, sample }: FrontProps) {
  return (
    <main className="mx-auto grid max-w-[1120px] gap-6 px-4 pt-6 pb-16 sm:px-8 wide:gap-10 wide:pt-14">
      <div className="grid gap-5">
        <h1 className="max-w-[22ch] text-display font-semibold tracking-tight text-balance">
          {words.claim}
        </h1>
        <p className="max-w-[60ch] text-muted">{words.more}</p>
        {children}
      </div>
      {sample}
    </main>
  );
}
