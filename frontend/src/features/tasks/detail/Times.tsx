import type { Task } from "@/shared/api/types";
import { useToday } from "@/shared/clock/useToday";
import { text } from "@/shared/text";

import { useZone } from "../context";
import { whenText } from "../deadline/when";

export function Times({ task }: { readonly task: Task }) {
  const zone = useZone();
  const today = useToday(zone);
  const rows: readonly (readonly [string, string | null])[] = [
    [text.detail.created, task.created_at],
    [text.detail.changed, task.updated_at === task.created_at ? null : task.updated_at],
    [text.detail.completed, task.completed_at],
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-meta text-muted">
      {rows.map(
        ([name, at]) =>
          at !== null && (
            <div key={name} className="contents">
              <dt>{name}</dt>
              <dd className="tabular">
                <time dateTime={at}>{whenText(Date.parse(at), zone, today)}</time>
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}
