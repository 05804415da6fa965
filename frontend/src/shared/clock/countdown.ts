import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "@/shared/lib/durations";
import { text } from "@/shared/text";

/** What to read at an instant, and the first later instant at which it would read differently. */
export interface Reading<T = string> {
  readonly value: T;
  readonly until: number | null;
}

/**
 * The time left before a deadline. Seconds and minutes are rounded up, so that the last second
 * ends exactly at the deadline; from two days on, days are rounded as people do.
 */
export function timeLeft(deadline: number, now: number): Reading {
  const left = deadline - now;
  if (left <= 0) return { value: text.time.now, until: null };
  const seconds = Math.ceil(left / SECOND_MS);
  const nextSecond = deadline - (seconds - 1) * SECOND_MS;
  if (seconds < 60) return { value: text.time.seconds(seconds), until: nextSecond };
  if (seconds < 3600) {
    const value = text.time.minutesSeconds(Math.floor(seconds / 60), seconds % 60);
    return { value, until: nextSecond };
  }
  if (left < 2 * DAY_MS) return hoursLeft(deadline, left);
  const days = Math.max(2, Math.round(left / DAY_MS));
  // At half a day exactly it still rounds up, hence the one millisecond.
  const nextLeft = days === 2 ? 2 * DAY_MS : (days - 0.5) * DAY_MS;
  return { value: text.time.inDays(days), until: deadline - nextLeft + 1 };
}

function hoursLeft(deadline: number, left: number): Reading {
  const minutes = Math.ceil(left / MINUTE_MS);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    // "1 h 00 m" gives way to seconds after one second, not after one minute.
    const nextLeft = Math.max((minutes - 1) * MINUTE_MS, HOUR_MS - SECOND_MS);
    return { value: text.time.inHours(hours, minutes % 60), until: deadline - nextLeft };
  }
  const value = text.time.inDaysHours(Math.floor(hours / 24), hours % 24);
  return { value, until: deadline - (hours * 60 - 1) * MINUTE_MS };
}

/** How long ago an instant was, in whole units, rounded down. */
export function timeAgo(instant: number, now: number): Reading {
  const ago = Math.max(0, now - instant);
  if (ago < MINUTE_MS) return { value: text.time.justNow, until: instant + MINUTE_MS };
  const [unit, say] =
    ago < HOUR_MS
      ? [MINUTE_MS, text.time.minutesAgo]
      : ago < DAY_MS
        ? [HOUR_MS, text.time.hoursAgo]
        : [DAY_MS, text.time.daysAgo];
  const count = Math.floor(ago / unit);
  return { value: say(count), until: instant + (count + 1) * unit };
}

/** A length of time in its largest unit, rounded down: "3 h", "2 days". */
export function span(ms: number): string {
  if (ms < MINUTE_MS) return text.time.seconds(Math.floor(ms / SECOND_MS));
  if (ms < HOUR_MS) return text.time.minutes(Math.floor(ms / MINUTE_MS));
  if (ms < DAY_MS) return text.time.hours(Math.floor(ms / HOUR_MS));
  return text.time.days(Math.floor(ms / DAY_MS));
}
