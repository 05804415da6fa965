import type { ParsedResult, ParsingOption, ParsingReference } from "chrono-node";

import { DAY_MS, MINUTE_MS, SECOND_MS } from "@/shared/lib/durations";
import { addDays, dayOf, endOfDay, instantOf, timeOf } from "@/shared/lib/zone";

import { type Deadline, instant } from "../deadline/deadline";
import type { Circumstances, Span } from "./reading";
import { overlaps } from "./signs";

/** What finds dates in one language; fetched when the person's is known. */
export type Finder = (
  line: string,
  reference: ParsingReference,
  option: ParsingOption,
) => ParsedResult[];

export interface Due {
  readonly deadline: Deadline;
  readonly spans: readonly Span[];
}

const BEFORE =
  /(?:^|[\s(,;])((?:due\s+)?(?:by|on|until|till|before|for|at|bis(?:\s+zum)?|am|zum|um|el|para(?:\s+el)?|hasta(?:\s+el)?)\s+(?:the\s+)?)$/i;
/** What makes a day after it something else than a deadline. */
const NOT_AFTER =
  /(?:^|\s)(?:every|each|after|since|from|last|past|previous|other|black|good|casual|jede[nrms]?|seit|nach|vo[nm]|letzte[nrms]?|guten?|cada|desde|tras|todos los)\s+(?:the\s+|dem\s+|el\s+)?$/i;
/** Words that are other words too, unless something beside them says that they are days. */
const RISKY =
  /^(?:sun|sat|mon|wed|mo|di|mi|do|fr|sa|so|lun|mar|mié|jue|vie|sáb|dom|\d{1,2}\/\d{1,2}|mañana por la mañana|\d{4})$/i;
/** What says no day at all, though it may stand beside one. */
const NEVER =
  /^(?:(?:an?|the|this|next|\d+) )?(?:seconds?|minutes?|hours?|quarters?|years?|now|afternoon|evening|morning|night|tarde|noche)$/i;
const RISKY_WITHIN = /^(?:may|march|mar)\s+\d{1,2}$/i;
const MORNING = /morning|früh|vormittag|por la mañana$/i;
const AFTERNOON = /afternoon|nachmittag|por la tarde$/i;
const EVENING = /tonight|evening|night|abend|noche/i;
const MIDNIGHT = /midnight|mitternacht|medianoche/i;
const SOON = /^(?:in|within|en|dentro de)\s.*(?:minut|min|hour|hr|stunde|std|hora|\dh$|\d h$)/i;
const GERMAN_DAY = /(?<![^\s(,;])(?:bis zum |am |bis )?(\d{1,2})\.(\d{1,2})\.(?=\s|$)/gi;

interface Found {
  readonly start: number;
  readonly end: number;
  /** The day, where the words say one. */
  readonly day: string | null;
  /** The time on the wall, where they say one. */
  readonly time: string | null;
  /** The instant, of what is counted from now. */
  readonly at?: number;
}

/**
 * A guess at the server's answer: the last day in a line, and the time beside or else within it.
 * `taken` is what is left alone or was understood already.
 */
export function findDue(
  line: string,
  { now, zone, language }: Circumstances,
  taken: readonly Pick<Span, "start" | "end">[],
  finders: readonly Finder[],
): Due | null {
  const found: Found[] = [];
  const add = (one: Found) => {
    if ([...taken, ...found].every((other) => !overlaps(one, other))) found.push(one);
  };
  if (language.startsWith("de")) for (const one of germanDays(line, now, zone)) add(one);
  const reference = { instant: new Date(now), timezone: offsetMinutes(now, zone) };
  for (const find of finders) {
    for (const result of find(line, reference, { forwardDate: true })) {
      const read = understood(line, result, now, zone, taken);
      if (read) add(read);
    }
  }
  found.sort((one, other) => one.start - other.start);
  const day = found.filter((one) => one.day !== null || one.at !== undefined).at(-1);
  const loose = found.filter((one) => one.day === null && one.time !== null).at(-1);
  if (!day) return loose?.time ? timeAlone(loose, loose.time, now, zone) : null;
  const spans = [spanOf(day)];
  if (day.at !== undefined) return { deadline: instant(day.at), spans };
  const named = day.day ?? "";
  let { time } = day;
  if (time === null && loose?.time) {
    time = loose.time;
    spans.push(spanOf(loose));
  }
  spans.sort((one, other) => one.start - other.start);
  if (time === null) {
    const end = new Date(endOfDay(named, zone)).toISOString();
    return { deadline: { deadline: end, due_date: named }, spans };
  }
  return { deadline: instant(instantOf(named, time, zone)), spans };
}

function timeAlone(found: Found, time: string, now: number, zone: string): Due {
  const today = dayOf(now, zone);
  const first = instantOf(today, time, zone);
  const at = first > now ? first : instantOf(addDays(today, 1), time, zone);
  return { deadline: instant(at), spans: [spanOf(found)] };
}

function spanOf({ start, end }: Found): Span {
  return { start, end, kind: "deadline" };
}

function understood(
  line: string,
  { index, text, start }: ParsedResult,
  now: number,
  zone: string,
  taken: readonly Pick<Span, "start" | "end">[],
): Found | null {
  const before = line.slice(0, index);
  const lead = BEFORE.exec(before)?.[1] ?? "";
  const from = index - lead.length;
  const to = index + text.length;
  const hasTime = start.isCertain("hour");
  const hasDay = (["day", "weekday", "month"] as const).some((part) => start.isCertain(part));
  if (/[^\s(,;]$/.test(before) || !/^(?:$|[\s),;]|[.!?:]+(?:\s|$))/.test(line.slice(to)))
    return null;
  if (NEVER.test(text) || NOT_AFTER.test(line.slice(0, from)) || /^last\s/i.test(text)) return null;
  if (!lead && !hasTime && RISKY.test(text)) return null;
  if (!lead && !hasTime && RISKY_WITHIN.test(text) && !isLast(line, to, taken)) return null;
  const place = { start: from, end: to };
  if (SOON.test(text)) {
    const at = Math.ceil(start.date().getTime() / SECOND_MS) * SECOND_MS;
    return { ...place, day: null, time: null, at };
  }
  const today = dayOf(now, zone);
  const [year, month, date] = (["year", "month", "day"] as const).map(
    (part) => start.get(part) ?? 0,
  );
  let day = `${pad(year, 4)}-${pad(month)}-${pad(date)}`;
  if (/^(?:next week|nächste woche|(?:la )?(?:próxima semana|semana que viene))$/i.test(text))
    day = nextMonday(today);
  if (/^(?:next month|nächsten monat|(?:el )?(?:próximo mes|mes que viene))$/i.test(text))
    day = `${day.slice(0, 8)}01`;
  const time = timeIn(
    text,
    hasTime,
    start.get("hour") ?? 0,
    start.get("minute") ?? 0,
    start.isCertain("meridiem"),
  );
  if (time === null && !hasDay) return null;
  if (MIDNIGHT.test(text))
    return { ...place, day: addDays(hasDay ? day : today, 1), time: "00:00" };
  return { ...place, day: hasDay ? day : null, time };
}

function timeIn(
  text: string,
  said: boolean,
  hour: number,
  minute: number,
  halfSaid: boolean,
): string | null {
  if (said) {
    const bare = !halfSaid && minute === 0 && !text.includes(":") && !/uhr|h\b/i.test(text);
    const late = bare && hour >= 1 && hour <= 6 && /\b(?:at|las?)\s/i.test(text);
    return `${pad(late ? hour + 12 : hour)}:${pad(minute)}`;
  }
  if (MORNING.test(text)) return "09:00";
  if (AFTERNOON.test(text)) return "15:00";
  return EVENING.test(text) ? "20:00" : null;
}

/** Whether nothing follows but what was understood. */
function isLast(
  line: string,
  from: number,
  taken: readonly Pick<Span, "start" | "end">[],
): boolean {
  let rest = "";
  for (let at = from; at < line.length; at++) {
    if (!taken.some(({ start, end }) => at >= start && at < end)) rest += line[at] ?? "";
  }
  return /^[\s,;.!?]*$/.test(rest);
}

function germanDays(line: string, now: number, zone: string): Found[] {
  const today = dayOf(now, zone);
  return [...line.matchAll(GERMAN_DAY)].flatMap((match) => {
    const [date, month] = [Number(match[1]), Number(match[2])];
    for (const year of [0, 1].map((ahead) => Number(today.slice(0, 4)) + ahead)) {
      const day = `${pad(year, 4)}-${pad(month)}-${pad(date)}`;
      const real = !Number.isNaN(Date.parse(day)) && addDays(day, 0) === day;
      if (real && day >= today)
        return [{ start: match.index, end: match.index + match[0].length, day, time: null }];
    }
    return [];
  });
}

function nextMonday(today: string): string {
  const weekday = new Date(Date.parse(`${today}T00:00:00Z`)).getUTCDay();
  return addDays(today, (8 - weekday) % 7 || 7);
}

/** How far clocks in `zone` are ahead of UTC, as chrono wants it. */
function offsetMinutes(now: number, zone: string): number {
  const wall = Date.parse(`${dayOf(now, zone)}T${timeOf(now, zone)}:00Z`);
  const minutes = Math.round((wall - now) / MINUTE_MS);
  return minutes % (DAY_MS / MINUTE_MS);
}

function pad(value: number | undefined, length = 2): string {
  return String(value ?? 0).padStart(length, "0");
}
