import { breakdown as text } from "@/shared/text/breakdown";

/** As the server has it: at most a week of work in one step. */
const LIMIT_MIN = 10_080;

/** Minutes as people say them: `45 min`, `2 h`, `1 h 30 min`. */
export function work(minutes: number): string {
  const [h, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return text.minutes(rest);
  return rest === 0 ? text.hours(h) : text.hoursMinutes(h, rest);
}

export function totalOf(steps: readonly { readonly estimate_min: number }[]): number {
  return steps.reduce((sum, { estimate_min }) => sum + estimate_min, 0);
}

/** Reads `45`, `45 min`, `1.5 h`, `1h30`, `1 h 30 min`; null for what is no length of work. */
export function readMinutes(entered: string): number | null {
  const said = entered.trim().toLowerCase().replace(",", ".");
  const found =
    /^(?:(?<hours>\d+(?:\.\d+)?)\s*h\p{L}*)?\s*(?:(?<minutes>\d+)\s*(?:m\p{L}*)?)?$/u.exec(said);
  const { hours, minutes } = found?.groups ?? {};
  const total = Math.round(Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  return total >= 1 && total <= LIMIT_MIN ? total : null;
}
