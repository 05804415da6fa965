/** A row of another page than the board that stands for a task, by its id. */
export const ROW = "main [data-task]";

/** The row that an element is, or is in. */
export function rowOf(element: Element | null): HTMLElement | null {
  return element?.closest<HTMLElement>(ROW) ?? null;
}
