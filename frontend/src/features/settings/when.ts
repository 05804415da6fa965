import { timeAgo } from "@/shared/clock/countdown";
import { timeFormat } from "@/shared/lib/formats";
import { DAY_MS } from "@/shared/lib/durations";
import { locale } from "@/shared/text/language";

/** A day, for what need not be told to the minute. */
export function dayText(at: string, zone: string): string {
  return timeFormat(locale(), zone, { dateStyle: "medium" }).format(Date.parse(at));
}

/** How long ago, or the day of what was long ago. */
export function agoText(at: string, zone: string, now: number): string {
  const instant = Date.parse(at);
  return now - instant < 7 * DAY_MS ? timeAgo(instant, now).value : dayText(at, zone);
}
