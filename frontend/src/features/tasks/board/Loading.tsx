import { text } from "@/shared/text";

/** The shape of what is coming; it stays away for what is quick. */
export function Loading() {
  return (
    <div role="status" aria-label={text.board.loading} className="late grid gap-6 wide:grid-cols-3">
      {[3, 1, 2].map((cards, column) => (
        <div
          key={column}
          aria-hidden="true"
          className={`content-start gap-2 ${column === 0 ? "grid" : "hidden wide:grid"}`}
        >
          <span className="mb-2 h-4 w-24 rounded-card bg-hover" />
          {Array.from({ length: cards }, (_, card) => (
            <span key={card} className="h-17 rounded-card border border-line bg-card" />
          ))}
        </div>
      ))}
    </div>
  );
}
