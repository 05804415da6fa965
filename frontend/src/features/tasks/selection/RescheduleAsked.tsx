import { useEffect, useRef } from "react";

import { useObservable } from "@/shared/lib/observable";
import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import { type Asking, useHands } from "../board/hands";

const dialog = part(() => import("./RescheduleDialog"));

/** The choice of another deadline, asked for by key. Nothing while it is not. */
export function RescheduleAsked() {
  const { asking } = useHands();
  const asked = useObservable(asking);
  return asked && <Asked asked={asked} />;
}

function Asked({ asked }: { readonly asked: Asking }) {
  const { asking } = useHands();
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
