import { useToday } from "@/shared/clock/useToday";
import { timeFormat } from "@/shared/lib/formats";
import { addDays } from "@/shared/lib/zone";
import { activity as text } from "@/shared/text/activity";
import { locale } from "@/shared/text/language";

export function timeText(at: number, zone: string): string {
  return timeFormat(locale(), zone, { hour: "numeric", minute: "2-digit" }).format(at);
}

export function wholeTime(at: number, zone: string): string {
  return timeFormat(locale(), zone, { dateStyle: "full", timeStyle: "medium" }).format(at);
}

/** How a day is called today: the last two by name, the others by their date. */
export function useDayName(zone: string): (day: string) => string {
  const today = useToday(zone);
  return (day) => {
    if (day === today) return text.today;
    if (day === addDays(today, -1)) return text.yesterday;
    return timeFormat(locale(), "UTC", {
      weekday: "long",
      day: "numeric",
      month: "long",
      ...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" }),
    }).format(Date.parse(`${day}T12:00:00Z`));
  };
}
