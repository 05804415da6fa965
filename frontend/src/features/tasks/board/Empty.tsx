import type { Bucket } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { PlusIcon } from "@/shared/ui/icons";

import { inOneMinute, noDeadline, type Preset, tonight } from "../deadline/deadline";
import { isNarrowed } from "../view/view";
import { useView } from "./hands";

interface BeginProps {
  /** Wants a new task due by it; what it is called is for the person to say. */
  readonly onBegin: (preset: Preset) => void;
}

/** What stands where a bucket has nothing: a beginning, praise, or what to expect. */
export function Empty({ bucket, onBegin }: BeginProps & { readonly bucket: Bucket }) {
  const { filter, place } = useView();
  if (isNarrowed(filter)) return <p className="py-2 text-muted">{views.nothingFound}</p>;
  if (bucket === "upcoming") {
    return place.kind === "today" ? (
      <p className="py-2 text-muted">{views.nothingToday}</p>
    ) : (
      <Begin onBegin={onBegin} />
    );
  }
  return <p className="py-2 text-muted">{text.empty[bucket]}</p>;
}

const ways = (): readonly { readonly title: string; readonly preset: Preset }[] => [
  { title: text.empty.upcomingWays.minute, preset: inOneMinute },
  { title: text.empty.upcomingWays.tonight, preset: tonight },
  { title: text.empty.upcomingWays.open, preset: noDeadline },
];

function Begin({ onBegin }: BeginProps) {
  return (
    <div className="grid gap-2 py-2">
      <p className="font-semibold">{text.empty.upcomingTitle}</p>
      <p className="text-muted">{text.empty.upcomingHint}</p>
      <ul className="grid gap-2">
        {ways().map(({ title, preset }) => (
          <li key={title}>
            <button
              type="button"
              className="flex min-h-11 w-full items-center gap-3 rounded-card border border-dashed border-line-strong px-3 text-left text-muted hover:border-accent hover:text-ink"
              onClick={() => {
                onBegin(preset);
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
