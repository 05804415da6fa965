import { Link } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useEffect, useMemo } from "react";

import { getInsights } from "@/shared/api/getInsights";
import { useReading } from "@/shared/clock/react";
import { useToday } from "@/shared/clock/useToday";
import { MINUTE_MS } from "@/shared/lib/durations";
import { useObservable } from "@/shared/lib/observable";
import { systemTimers } from "@/shared/lib/timers";
import type { Board } from "@/shared/store/board";
import { useBoardOf, useReadyOf } from "@/shared/store/react";
import type { TaskStore } from "@/shared/store/store";
import { insights as text } from "@/shared/text/insights";
import { Button, buttonClass } from "@/shared/ui/Button";

import { Feed } from "./feed";
import { isOver, loadOf, numbersOf, rates } from "./figures";
import { Forecast } from "./Forecast";
import { LateBy } from "./LateBy";
import { Load } from "./Load";
import { Loading } from "./Loading";
import { Missed } from "./Missed";
import { Misses } from "./Misses";
import { Numbers } from "./Numbers";
import { OnTime } from "./OnTime";
import { Panels } from "./Panel";
import type { Reschedule } from "./Rows";
import { Soon } from "./Soon";

interface InsightsPageProps {
  readonly store: TaskStore;
  /** The zone in which this person reads times. */
  readonly zone: string;
  readonly onReschedule: Reschedule;
}

export default function InsightsPage({ store, zone, onReschedule }: InsightsPageProps) {
  // In pieces, between which the browser can breathe: what the store tells is otherwise drawn in one go.
  const board = useDeferredValue(useBoardOf(store));
  const ready = useDeferredValue(useReadyOf(store));
  const now = useMinute();
  const { insights, failed, answers, retry } = useInsights(store, board, zone);
  const counted = useMemo(() => numbersOf(board, now, zone), [board, now, zone]);
  const days = useMemo(
    () => insights && loadOf(board, insights.load, zone),
    [board, insights, zone],
  );
  // A list of tasks makes a panel twice as high: both have one, or each has a row of its own.
  const apart = days?.some(isOver) !== ((insights?.forecast?.first_day ?? null) !== null);
  return (
    <main className="mx-auto grid max-w-[1120px] grid-cols-1 content-start gap-6 px-4 pt-6 pb-32 sm:px-8 wide:pb-24">
      <div>
        <h1 className="text-title font-semibold">{text.title}</h1>
        <p className="text-meta text-muted">{text.lead}</p>
      </div>
      {!ready ? (
        // What is known of the tasks stands above the rest: until it is there nothing may stand where it will.
        <Loading />
      ) : insights && isEmpty(board, insights.buckets.completed) ? (
        <Empty />
      ) : (
        <>
          <Numbers counted={counted} onTime={insights && rates(insights.weeks).lately} />
          {failed !== null && (
            <p
              role="status"
              className="flex flex-wrap items-center gap-3 rounded-card border border-line px-4 py-2 text-meta"
            >
              <span className="min-w-0 flex-1">{text.stale(failed)}</span>
              <Button small onClick={retry}>
                {text.again}
              </Button>
            </p>
          )}
          <Panels>
            <Soon soon={counted.soon} now={now} zone={zone} onReschedule={onReschedule} />
            <Missed missed={counted.missed} now={now} onReschedule={onReschedule} />
            {insights && days ? (
              <>
                <Load days={days} zone={zone} whole={apart} onReschedule={onReschedule} />
                <Forecast
                  forecast={insights.forecast}
                  answers={answers}
                  board={board}
                  zone={zone}
                  whole={apart}
                  onReschedule={onReschedule}
                />
                <OnTime weeks={insights.weeks} />
                <LateBy bars={insights.lateness} />
                <Misses matrix={insights.missed_by_hour} />
              </>
            ) : (
              failed === null && <Loading />
            )}
          </Panels>
        </>
      )}
    </main>
  );
}

/** Who comes back finds the page whole, with what it knew, while the server is asked what is new. */
const feeds = new WeakMap<TaskStore, Feed>();

function feedOf(store: TaskStore): Feed {
  const known = feeds.get(store);
  if (known) return known;
  const feed = new Feed({
    read: getInsights,
    timers: systemTimers,
    isSeen: () => !document.hidden,
  });
  feeds.set(store, feed);
  return feed;
}

/** The aggregate, asked for at first and again after each change of the board. */
function useInsights(store: TaskStore, board: Board, zone: string) {
  const feed = feedOf(store);
  useEffect(() => feed.start(), [feed]);
  const today = useToday(zone);
  const { upcoming, missed, completed } = board;
  useEffect(() => {
    // At first too: what came while the first answer was under way is asked for after it.
    feed.changed();
  }, [feed, upcoming, missed, completed, today]);
  useEffect(() => {
    const look = () => {
      if (!document.hidden) feed.changed();
    };
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
    };
  }, [feed]);
  return { ...useObservable(feed.state), retry: feed.retry };
}

/** The minute that it is; drawn again as the next one begins. */
function useMinute(): number {
  return useReading(
    useCallback((at: number) => {
      const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
      return { value: minute, until: minute + MINUTE_MS };
    }, []),
  );
}

function isEmpty(board: Board, completed: number): boolean {
  return (
    completed === 0 &&
    board.upcoming.length === 0 &&
    board.missed.length === 0 &&
    board.completed.length === 0
  );
}

function Empty() {
  return (
    <div className="grid justify-items-start gap-3 border-y border-line py-12">
      <p className="text-title font-semibold">{text.empty.title}</p>
      <p className="max-w-[56ch] text-muted">{text.empty.hint}</p>
      <Link to="/" className={buttonClass("main")}>
        {text.empty.go}
      </Link>
    </div>
  );
}
