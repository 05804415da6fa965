import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import { BoardPage } from "@/features/tasks/board/BoardPage";
import { ROOM_BESIDE, useMedia } from "@/shared/lib/media";
import type { Bucket } from "@/shared/store/bucket";
import type { BoardSearch } from "@/features/tasks/view/address";
import { part } from "@/shared/ui/part";
import { Unloaded } from "@/shared/ui/Unloaded";
import { useTitle } from "@/shared/ui/useTitle";

import { usePlace } from "./usePlace";
import { usePlanAddress } from "./usePlanAddress";

const detail = part(() => import("@/features/tasks/detail/Detail"));

/** The board of the place that the address names, with its open task beside it or over it. */
export function Board() {
  const { taskId } = useParams({ strict: false });
  const { bucket = "upcoming" } = useSearch({ strict: false });
  const { view, title, back, behind } = usePlace();
  const { kind } = view.place;
  // An open task says itself what it is called, and the other places what they always are.
  useTitle(taskId === undefined && (kind === "project" || kind === "label") ? title : null);
  const navigate = useNavigate();
  const showPlan = usePlanAddress();
  const modal = !useMedia(ROOM_BESIDE);
  const close = useCallback(() => void navigate(back), [back, navigate]);
  const leave = useCallback(() => void navigate(behind), [behind, navigate]);
  const showBucket = useCallback(
    (wanted: Bucket) =>
      void navigate({
        to: ".",
        search: ({ bucket: _before, ...rest }: BoardSearch) =>
          wanted === "upcoming" ? rest : { ...rest, bucket: wanted },
        replace: true,
      }),
    [navigate],
  );
  return (
    <BoardPage
      view={view}
      title={title}
      bucket={bucket}
      onBucket={showBucket}
      onLeave={leave}
      modal={modal}
      onPlan={showPlan}
      detail={
        taskId === undefined ? null : (
          <detail.Part
            key={taskId}
            of={{ taskId, modal, onClose: close }}
            failed={(retry) => (
              <div className="fixed inset-x-0 top-[57px] bottom-0 z-40 border-line bg-paper wide:left-auto wide:w-[440px] wide:border-l">
                <Unloaded onRetry={retry} onClose={close} />
              </div>
            )}
          />
        )
      }
    />
  );
}
