import { type ComponentType, createElement, type ReactNode, useEffect, useState } from "react";

import { HeldKeys } from "./HeldKeys";

interface PartModule<Props> {
  readonly default: ComponentType<Props>;
}

interface Part<Props> {
  /** Draws the part once its code is here, `failed(retry)` when it could not be fetched. */
  readonly Part: ComponentType<{ readonly of: Props; readonly failed: Failed }>;
  /** Fetches the code ahead of its use. That it may fail is for the use to say. */
  readonly preload: () => void;
}

interface PartOptions {
  /** The focus goes to it once it stands: what is typed before that is for it. */
  readonly takesKeys?: boolean;
}

type Failed = (retry: () => void) => ReactNode;

const preloads: (() => void)[] = [];

/** Fetches the code of all parts, so that they are there when the connection, or the build, is not. */
export function preloadParts(): void {
  for (const preload of preloads) preload();
}

/**
 * A part of the page whose code is fetched apart. React's own `lazy` throws a failed fetch at the
 * nearest error boundary, for good; here the rest of the page stands, and the fetch can be tried
 * again.
 */
export function part<Props extends object>(
  load: () => Promise<PartModule<Props>>,
  { takesKeys = false }: PartOptions = {},
): Part<Props> {
  let loaded: ComponentType<Props> | null = null;
  const fetchIt = async () => {
    loaded ??= (await load()).default;
  };
  const preload = () => {
    fetchIt().catch(() => undefined);
  };
  preloads.push(preload);

  function PartView({ of, failed }: { readonly of: Props; readonly failed: Failed }) {
    const [state, setState] = useState<"wanted" | "here" | "failed">(loaded ? "here" : "wanted");
    useEffect(() => {
      if (state !== "wanted") return;
      let left = false;
      const settle = (to: "here" | "failed") => () => {
        if (!left) setState(to);
      };
      fetchIt().then(settle("here"), settle("failed"));
      return () => {
        left = true;
      };
    }, [state]);
    const [keys] = useState(() => new HeldKeys());
    useEffect(() => {
      if (!takesKeys || state === "failed") return undefined;
      if (state === "wanted") return keys.hold();
      // The part has the focus by now, and draws what is typed into it after this.
      queueMicrotask(() => {
        keys.give();
      });
      return undefined;
    }, [keys, state]);
    if (state === "failed") {
      return failed(() => {
        setState("wanted");
      });
    }
    return loaded && createElement(loaded, of);
  }
  return { Part: PartView, preload };
}
