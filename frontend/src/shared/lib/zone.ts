import { DAY_MS, HOUR_MS } from "./durations";

/** What a wall clock in some zone reads. `month` counts from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to make and live as long as the page. */
function wallFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}

export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function isZone(zone: string): boolean {
  try {
    wallFormat(zone);
    return true;
  } catch {
    return false;
  }
}

export function wallTime(at: number, zone: string): WallTime {
  const read: Record<string, number> = {};
  for (const { type, value } of wallFormat(zone).formatToParts(at)) read[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = read;
  return { year, month, day, hour, minute };
}

/** `2026-11-22`: also how days are compared and how a date input speaks. */
export function dayOf(at: number, zone: string): string {
  const { year, month, day } = wallTime(at, zone);
  return isoDay(year, month, day);
}

/** `17:05`, as a time input speaks. */
export function timeOf(at: number, zone: string): string {
  const { hour, minute } = wallTime(at, zone);
  return `${two(hour)}:${two(minute)}`;
}

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The instant at which clocks in `zone` read `day` and `time`. An hour that a change of clocks
 * skips moves forward by the gap; of one that comes twice it is the first.
 */
export function instantOf(day: string, time: string, zone: string): number {
  const asIfUtc = Date.parse(`${day}T${time}:00Z`);
  const before = asIfUtc - offsetMs(asIfUtc - DAY_MS, zone);
  const after = asIfUtc - offsetMs(asIfUtc + DAY_MS, zone);
  const earlier = Math.min(before, after);
  if (reads(earlier, asIfUtc, zone)) return earlier;
  const later = Math.max(before, after);
  // In a gap neither reads as asked; the later one is the time asked for, moved past the gap.
  return later;
}

/** The first instant of the day after `day`: what a deadline without a time means. */
export function endOfDay(day: string, zone: string): number {
  return startOfDay(addDays(day, 1), zone);
}

export function startOfDay(day: string, zone: string): number {
  const midnight = instantOf(day, "00:00", zone);
  // Where clocks change at midnight the day may begin at 01:00, or midnight may come twice.
  return dayOf(midnight, zone) === day ? midnight : midnight + HOUR_MS;
}

function offsetMs(at: number, zone: string): number {
  const { year, month, day, hour, minute } = wallTime(at, zone);
  const minuteStart = Math.floor(at / 60_000) * 60_000;
  return Date.UTC(year, month - 1, day, hour, minute) - minuteStart;
}

function reads(at: number, asIfUtc: number, zone: string): boolean {
  return at + offsetMs(at, zone) === asIfUtc;
}

function isoDay(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
