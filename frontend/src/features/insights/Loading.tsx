import { insights as text } from "@/shared/text/insights";

/** The shape of the panels that are coming; it stays away for what is quick. */
export function Loading() {
  return (
    <div
      role="status"
      aria-label={text.loading}
      className="late mb-4 grid basis-full gap-4 wide:grid-cols-2"
    >
      {[0, 1, 2, 3].map((panel) => (
        <div
          key={panel}
          aria-hidden="true"
          className="grid gap-3 rounded-card border border-line bg-card p-4 sm:p-6"
        >
          <span className="h-4 w-40 rounded-card bg-hover" />
          <span className="h-6 w-64 max-w-full rounded-card bg-hover" />
          <span className="h-50 rounded-card bg-hover" />
        </div>
      ))}
    </div>
  );
}
