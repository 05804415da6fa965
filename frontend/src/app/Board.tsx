import { useNavigate, useParams } from "@tanstack/react-router";
import { useCallback } from "react";

import { BoardPage } from "@/features/tasks";
import { ROOM_BESIDE, useMedia } from "@/shared/lib/media";
import { part } from "@/shared/ui/part";
import { Unloaded } from "@/shared/ui/Unloaded";

import { usePlanAddress } from "./usePlanAddress";

const detail = part(() => import("@/features/tasks/detail/Detail"));

/** The board, with the task of the address open beside it or over it. */
export function Board() {
  const { taskId } = useParams({ strict: false });
  const navigate = useNavigate();
  const showPlan = usePlanAddress();
  const modal = !useMedia(ROOM_BESIDE);
  const close = useCallback(() => void navigate({ to: "/tasks" }), [navigate]);
  return (
    <BoardPage
      modal={modal}
      onPlan={showPlan}
      detail={
        taskId === undefined ? null : (
          <detail.Part
            key={taskId}
            of={{ taskId, modal, onClose: close }}
            failed={(retry) => (
              <div className="fixed inset-x-0 top-[57px] bottom-0 z-40 border-line bg-paper wide:left-auto wide:w-[400px] wide:border-l xl:right-[max(0px,calc(50vw-640px))]">
                <Unloaded onRetry={retry} onClose={close} />
              </div>
            )}
          />
        )
      }
    />
  );
}
