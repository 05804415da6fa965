import { en } from "./en";

/**
 * Every sentence that the board says; what is loaded apart from it has its own beside this.
 * Another language is another value of the same shape.
 */
export type Messages = typeof en;

export const text: Messages = en;
