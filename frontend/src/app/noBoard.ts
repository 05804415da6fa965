/** The first words of the addresses that need an account and no board. The build writes them into `first.js` too. */
export const NO_BOARD: readonly string[] = ["insights", "settings", "activity"];
