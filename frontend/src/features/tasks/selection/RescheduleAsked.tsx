import { useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { useObservable } from "@/shared/lib/observable";
import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import { useWorkspace } from "../context";
import type { Asking } from "../workspace";

const dialog = part(() => import("./RescheduleDialog"), { takesKeys: true });

/** The choice of another deadline, wherever it is asked for. Nothing while it is not. */
export function RescheduleAsked() {
  const { asking } = useWorkspace();
  const { pathname } = useLocation();
  const asked = useObservable(asking);
  useEffect(
    () => () => {
      // What it stood beside is not on the next page.
      asking.set(null);
    },
    [asking, pathname],
  );
  return asked && <Asked asked={asked} />;
}

function Asked({ asked }: { readonly asked: Asking }) {
  const { asking } = useWorkspace();
  const anchor = useRef(asked.anchor);
  useEffect(() => {
    anchor.current = asked.anchor;
  }, [asked]);
  const close = () => {
    asking.set(null);
  };
  return (
    <dialog.Part
      of={{ ids: asked.ids, anchor, onClose: close }}
      failed={() => <Unopened onClose={close} />}
    />
  );
}
