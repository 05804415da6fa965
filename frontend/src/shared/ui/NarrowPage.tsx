import type { ReactNode } from "react";

interface NarrowPageProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** The frame of a page that says or asks one thing. */
export function NarrowPage({ title, children }: NarrowPageProps) {
  return (
    <main className="mx-auto grid w-full max-w-[400px] content-start gap-6 px-4 pt-[12vh] pb-16">
      <h1 className="text-title font-semibold">{title}</h1>
      {children}
    </main>
  );
}
