const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** How a key together with the system's own is written on this machine. */
export const chord = (key: string) => (mac ? `⌘ ${key}` : `Ctrl ${key}`);

/** What the key beside it is called. */
export const alt = mac ? "⌥" : "Alt";
