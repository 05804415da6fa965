/** A row of another page than the board that stands for a task, by its id. */
export const ROW = "main [data-task]";

/** Where a row stands; a page may have several for the same task. */
export interface RowPlace {
  /** The page's address. */
  readonly page: string;
  readonly task: string;
  /** Which of the rows for that task it is. */
  readonly nth: number;
  /** Which of all the page's rows it is. */
  readonly place: number;
}

/** All rows in the order in which they are read. */
export function allRows(): readonly HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(ROW)];
}

/** The row that an element is, or is in. */
export function rowOf(element: Element | null): HTMLElement | null {
  return element?.closest<HTMLElement>(ROW) ?? null;
}

export function focusRow(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>("[data-control=title]")?.focus();
}

export function placeOf(row: HTMLElement): RowPlace {
  const rows = allRows();
  const task = row.dataset.task ?? "";
  return {
    page: window.location.pathname,
    task,
    nth: rows.filter((one) => one.dataset.task === task).indexOf(row),
    place: rows.indexOf(row),
  };
}

/**
 * Gives the focus back to a row of this page: where it is gone to what has taken its place, and where none of this page
 * was left to the first that stands for the task.
 */
export function focusRowAt(left: RowPlace | null, task: string): void {
  const rows = allRows();
  const of = (id: string) => rows.filter((row) => row.dataset.task === id);
  if (left?.page !== window.location.pathname) focusRow(of(task)[0]);
  else focusRow(of(left.task)[left.nth] ?? rows[Math.min(left.place, rows.length - 1)]);
}
