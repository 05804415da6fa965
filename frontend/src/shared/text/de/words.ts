import { pluralOf } from "../plurals";

export { noun } from "../plurals";

/** How German counts and quotes. */
export const plural = pluralOf("de");
export const quoted = (title: string) => `„${title}“`;
/** Enough of a title to know it by. */
export const short = (title: string) =>
  quoted(title.length > 40 ? `${title.slice(0, 39).trim()}…` : title);
export const two = (value: number) => String(value).padStart(2, "0");
