/** The browser may close its storage to us (private windows, policies); then nothing is kept. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`taskengine.${key}`, value);
  } catch {
    // Nothing depends on it.
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`taskengine.${key}`);
  } catch {
    return null;
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(`taskengine.${key}`);
  } catch {
    // Nothing was kept.
  }
}
