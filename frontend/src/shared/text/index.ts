import { en } from "./en";

/** Every sentence the page says. Another language is another value of the same shape. */
export type Messages = typeof en;

export const text: Messages = en;
