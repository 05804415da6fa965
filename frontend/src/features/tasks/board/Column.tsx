import { type ReactNode, useState } from "react";

import type { Task } from "@/shared/api/types";
import { useToday } from "@/shared/clock/useToday";
import type { Bucket } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";

import { Card } from "../card/Card";
import { useZone } from "../context";
import { byDay } from "./groups";

/** More cards than this are not looked at, only scrolled past. */
const PAGE = 60;

interface ColumnProps {
  readonly bucket: Bucket;
  readonly tasks: readonly Task[];
  /** What stands here when there is nothing. */
  readonly empty: ReactNode;
}

/** One bucket's cards, as many as are looked at. */
export function Column({ bucket, tasks, empty }: ColumnProps) {
  const [limit, setLimit] = useState(PAGE);
  const shown = tasks.length > limit ? tasks.slice(0, limit) : tasks;
  if (tasks.length === 0) return empty;
  return (
    <div className="grid gap-2">
      {bucket === "upcoming" ? (
        <Days tasks={shown} />
      ) : (
        <Cards bucket={bucket} tasks={shown} name={text.buckets[bucket]} />
      )}
      {tasks.length > limit && (
        <Button
          look="plain"
          onClick={() => {
            setLimit(limit + PAGE);
          }}
        >
          {text.buckets.more(Math.min(PAGE, tasks.length - limit))}
        </Button>
      )}
    </div>
  );
}

function Days({ tasks }: { readonly tasks: readonly Task[] }) {
  const zone = useZone();
  const today = useToday(zone);
  return byDay(tasks, zone, today).map(({ name, tasks: grouped }) => (
    <section key={name} aria-label={name} className="grid gap-2 not-first:mt-3">
      <h3 className="text-meta text-muted">{name}</h3>
      <Cards bucket="upcoming" tasks={grouped} name={name} />
    </section>
  ));
}

interface CardsProps {
  readonly bucket: Bucket;
  readonly tasks: readonly Task[];
  readonly name: string;
}

function Cards({ bucket, tasks, name }: CardsProps) {
  return (
    <ul aria-label={name} className="grid gap-2">
      {tasks.map((task) => (
        <Card key={task.id} task={task} bucket={bucket} />
      ))}
    </ul>
  );
}
