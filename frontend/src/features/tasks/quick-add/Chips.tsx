import type { ReactNode } from "react";

import { useClock } from "@/shared/clock/react";
import { timeFormat } from "@/shared/lib/formats";
import { SIGNS } from "@/shared/lib/signs";
import { dayOf } from "@/shared/lib/zone";
import { locale } from "@/shared/text/language";
import { quickAdd } from "@/shared/text/quickAdd";
import { ClockIcon, CloseIcon, FlagIcon } from "@/shared/ui/icons";

import { useZone } from "../context";
import { dayName, whenText } from "../deadline/when";
import { type Reading, sameName, type Span, type SpanKind } from "./reading";

interface ChipsProps {
  readonly reading: Reading;
  readonly projects: readonly string[];
  readonly labels: readonly string[];
  /** Whether it is read out; not while it may still change by itself. */
  readonly settled: boolean;
  readonly onTakeBack: (spans: readonly Span[]) => void;
}

interface Chip {
  readonly key: string;
  readonly says: string;
  readonly icon: ReactNode;
  readonly shown: string;
  readonly spans: readonly Span[];
  readonly isNew?: boolean;
  readonly isPast?: boolean;
}

/** What will be made, in so many chips. Each takes its words back when it is pressed. */
export default function Chips({ reading, projects, labels, settled, onTakeBack }: ChipsProps) {
  const zone = useZone();
  const now = useClock().now();
  const chips = chipsOf(reading, { projects, labels, zone, now });
  return (
    <>
      {chips.length > 0 && (
        <ul
          aria-label={quickAdd.understood}
          className="flex gap-1.5 overflow-x-auto px-3 pb-1 text-meta wide:flex-wrap wide:px-2 wide:pb-2"
        >
          {chips.map((chip) => (
            <li key={chip.key} className="max-w-full shrink-0">
              <button
                type="button"
                aria-label={quickAdd.takeBack(chip.says)}
                className={`group inline-flex min-h-11 max-w-full items-center rounded-full wide:min-h-7 ${
                  chip.isPast ? "text-missed" : "text-ink"
                }`}
                // The focus stays in the line, where more is to be typed.
                onPointerDown={(event) => {
                  event.preventDefault();
                }}
                onClick={() => {
                  onTakeBack(chip.spans);
                }}
              >
                <span className="inline-flex min-h-7 max-w-full min-w-0 items-center gap-1.5 rounded-full border border-line-strong bg-paper px-2.5 group-hover:bg-hover">
                  {chip.icon}
                  <span className="tabular truncate">{chip.shown}</span>
                  {chip.isNew && <span className="text-muted">{` ${quickAdd.isNew}`}</span>}
                  {chip.isPast && <span>{quickAdd.past}</span>}
                  <CloseIcon className="size-3 text-muted" />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p role="status" className="sr-only">
        {settled ? chips.map(({ says }) => says).join("; ") : ""}
      </p>
    </>
  );
}

interface Around {
  readonly projects: readonly string[];
  readonly labels: readonly string[];
  readonly zone: string;
  readonly now: number;
}

function chipsOf(reading: Reading, { projects, labels, zone, now }: Around): Chip[] {
  const { line, spans, deadline, project, priority, estimate } = reading;
  const of = (kind: SpanKind) => spans.filter((span) => span.kind === kind);
  const chips: Chip[] = [];
  if (deadline.deadline !== null) {
    const at = Date.parse(deadline.deadline);
    const today = dayOf(now, zone);
    const isPast = at <= now;
    const day = deadline.due_date;
    const when =
      day === null
        ? quickAdd.inZone(whenText(at, zone, today), zoneName(at, zone))
        : dayName(day, today);
    const by = day === null ? quickAdd.by(when) : quickAdd.endOf(when);
    chips.push({
      key: "deadline",
      says: isPast ? `${by}, ${quickAdd.past}` : by,
      shown: when,
      icon: <ClockIcon className="size-3.5 text-accent" />,
      spans: of("deadline"),
      isPast,
    });
  }
  if (project !== null) {
    const isNew = !projects.some((name) => sameName(name, project));
    const says = quickAdd.project(project);
    chips.push({
      key: "project",
      says: said(says, isNew),
      shown: project,
      icon: sign(SIGNS.project),
      spans: of("project"),
      isNew,
    });
  }
  for (const name of reading.labels) {
    const isNew = !labels.some((one) => sameName(one, name));
    const its = of("label").filter(({ start, end }) =>
      sameName(
        line
          .slice(start + 1, end)
          .replaceAll('"', "")
          .trim(),
        name,
      ),
    );
    chips.push({
      key: SIGNS.label + name,
      says: said(quickAdd.label(name), isNew),
      shown: name,
      icon: sign(SIGNS.label),
      spans: its,
      isNew,
    });
  }
  if (priority !== null) {
    const icon = <FlagIcon className="size-3.5 text-accent" />;
    chips.push({
      key: "priority",
      says: quickAdd.priority(priority),
      shown: quickAdd.priority(priority),
      icon,
      spans: of("priority"),
    });
  }
  if (estimate !== null) {
    const takes = duration(estimate);
    chips.push({
      key: "estimate",
      says: quickAdd.takes(takes),
      shown: takes,
      icon: sign("~"),
      spans: of("estimate"),
    });
  }
  return chips;
}

function said(what: string, isNew: boolean): string {
  // In the words that are seen: whoever speaks to the page says those.
  return isNew ? `${what} ${quickAdd.isNew}` : what;
}

function sign(character: string): ReactNode {
  return (
    <span aria-hidden="true" className="font-semibold text-accent">
      {character}
    </span>
  );
}

function duration(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [hours > 0 && quickAdd.hours(hours), rest > 0 && quickAdd.minutes(rest)];
  return parts.filter((part) => part !== false).join(" ");
}

/** A zone as people write it at an instant: CET, GMT+1. */
function zoneName(at: number, zone: string): string {
  const parts = timeFormat(locale(), zone, { timeZoneName: "short" });
  return parts.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? zone;
}
