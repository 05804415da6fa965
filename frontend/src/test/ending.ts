const endings: (() => void)[] = [];

/** Has something end with the test that began it: the next file runs in the same page. */
export function atEnd(end: () => void): void {
  endings.push(end);
}

/** Ends it all; what was begun last first. */
export function endAll(): void {
  while (endings.length > 0) endings.pop()?.();
}
