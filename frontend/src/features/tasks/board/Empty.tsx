import { useClock } from "@/shared/clock/react";
import type { Bucket } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { PlusIcon } from "@/shared/ui/icons";

import { useWorkspace } from "../context";
import { inOneMinute, noDeadline, type Preset, tonight } from "../deadline/deadline";

/** What stands where a bucket has nothing: a beginning, praise, or what to expect. */
export function Empty({ bucket }: { readonly bucket: Bucket }) {
  if (bucket === "upcoming") return <Begin />;
  return <p className="py-2 text-muted">{text.empty[bucket]}</p>;
}

const WAYS: readonly { readonly title: string; readonly preset: Preset }[] = [
  { title: text.empty.upcomingWays.minute, preset: inOneMinute },
  { title: text.empty.upcomingWays.tonight, preset: tonight },
  { title: text.empty.upcomingWays.open, preset: noDeadline },
];

function Begin() {
  const clock = useClock();
  const { commands, zone } = useWorkspace();
  return (
    <div className="grid gap-2 py-2">
      <p className="font-semibold">{text.empty.upcomingTitle}</p>
      <p className="text-muted">{text.empty.upcomingHint}</p>
      <ul className="grid gap-2">
        {WAYS.map(({ title, preset }) => (
          <li key={title}>
            <button
              type="button"
              className="flex min-h-11 w-full items-center gap-3 rounded-card border border-dashed border-line-strong px-3 text-left text-muted hover:border-accent hover:text-ink"
              onClick={() => {
                commands.create(title, preset.at(clock.now(), zone));
              }}
            >
              <PlusIcon />
              {title}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
