import { chord } from "@/shared/lib/chord";
import { text } from "@/shared/text";

import { useWorkspace } from "../context";

/** Opens the line that finds and does anything, for who does not know its keys; and says what they are. */
export function PaletteButton() {
  const { wanted } = useWorkspace();
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      aria-keyshortcuts="Control+K Meta+K"
      title={text.header.anything}
      className="min-h-9 shrink-0 rounded-card border border-line px-2 text-meta whitespace-nowrap text-muted hover:bg-hover hover:text-ink max-wide:hidden"
      // The card that has the focus keeps it: the palette begins with what can be done with that.
      onMouseDown={(event) => {
        event.preventDefault();
      }}
      onClick={() => {
        wanted.set("palette");
      }}
    >
      <span className="sr-only">{text.header.anything}</span> {chord("K")}
    </button>
  );
}
