/** One sentence for those who hear the page. Two alike are two sayings, so each has its number. */
export interface Saying {
  readonly sentence: string;
  readonly nth: number;
}

export function saying(sentence: string, before: Saying | null): Saying {
  return { sentence, nth: (before?.nth ?? 0) + 1 };
}

/** Where a saying is read out. What stays the same in the document is not, so each one is put in anew. */
export function Announcement({ said }: { readonly said: Saying | null }) {
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {said && <span key={said.nth}>{said.sentence}</span>}
    </p>
  );
}
