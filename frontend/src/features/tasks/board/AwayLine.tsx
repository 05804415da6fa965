import { useObservable } from "@/shared/lib/observable";
import { text } from "@/shared/text";
import { Button, IconButton } from "@/shared/ui/Button";
import { CloseIcon, MissedIcon } from "@/shared/ui/icons";

import { useBoard, useWorkspace } from "../context";
import { missedIn } from "./away";

/** Gathers what was missed unseen into one line, when the person comes back, until it is dealt with. */
export function AwayLine({ onReview }: { readonly onReview: () => void }) {
  const { away } = useWorkspace();
  const absence = useObservable(away);
  const board = useBoard();
  const count = absence ? missedIn(board, absence) : 0;
  if (count === 0) return null;
  const forget = () => {
    away.set(null);
  };
  return (
    <div className="appear flex items-center gap-2 rounded-card bg-missed-wash py-1 pr-1 pl-3">
      <MissedIcon className="size-4 text-missed" />
      <p className="min-w-0 flex-1">{text.board.away(count)}</p>
      <Button
        look="plain"
        small
        className="font-semibold text-missed"
        onClick={() => {
          forget();
          onReview();
        }}
      >
        {text.board.review}
      </Button>
      <IconButton label={text.board.dismiss} onClick={forget}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}
