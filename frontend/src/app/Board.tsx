import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback } from "react";

import { BoardPage } from "@/features/tasks";
import { useMedia, WIDE } from "@/shared/lib/media";

const Detail = lazy(() => import("@/features/tasks/detail/Detail"));

/** The board, with the task of the address open beside it or over it. */
export function Board() {
  const { taskId } = useParams({ strict: false });
  const navigate = useNavigate();
  const wide = useMedia(WIDE);
  const close = useCallback(() => void navigate({ to: "/tasks" }), [navigate]);
  return (
    <BoardPage
      detail={
        taskId === undefined ? null : (
          <Suspense fallback={null}>
            <Detail key={taskId} taskId={taskId} modal={!wide} onClose={close} />
          </Suspense>
        )
      }
    />
  );
}
