import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { pageAt } from "@/features/tasks/view/address";
import { useClock } from "@/shared/clock/react";
import { useObservable } from "@/shared/lib/observable";
import { followChoice, noticeChoice } from "@/shared/notices/choice";
import type { TaskStore } from "@/shared/store/store";

/** Notifies of deadlines where that is wanted; who does not want it does not load it. */
export function useNotices({ store }: { readonly store: TaskStore }): void {
  const clock = useClock();
  const navigate = useNavigate();
  const router = useRouter();
  const { on } = useObservable(noticeChoice);
  useEffect(followChoice, []);
  useEffect(() => {
    if (!on) return;
    const openTask = (taskId: string) => {
      const page = pageAt(router.state.location.pathname);
      const search = page === null ? {} : { in: page };
      void navigate({ to: "/tasks/$taskId", params: { taskId }, search });
    };
    let stop: (() => void) | null = null;
    let left = false;
    const start = async () => {
      const { startNotices } = await import("@/shared/notices/notices");
      if (left) return;
      stop = startNotices({ store, clock, openTask });
    };
    // One that the worker has shown is pressed there (public/notices.js), and opened here.
    const workers = (navigator as Partial<Navigator>).serviceWorker;
    const pressed = ({ data }: MessageEvent<{ readonly open?: unknown } | null>) => {
      if (typeof data?.open === "string") openTask(data.open);
    };
    workers?.addEventListener("message", pressed);
    // Without its code nothing is notified; the next load of the page tries again.
    start().catch(() => undefined);
    return () => {
      left = true;
      stop?.();
      workers?.removeEventListener("message", pressed);
    };
  }, [on, store, clock, navigate, router]);
}
