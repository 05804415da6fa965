import { type RefObject, useLayoutEffect, useRef } from "react";

import type { Span } from "./reading";

interface MirrorProps {
  readonly line: string;
  readonly spans: readonly Span[];
  readonly of: RefObject<HTMLInputElement | null>;
}

/**
 * A copy of the line under its own input, letter upon letter, that shows which words were
 * understood. The input stays a plain input, for hands, eyes and readers alike; what the marks say
 * the chips say too.
 */
export function Mirror({ line, spans, of }: MirrorProps) {
  const copy = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const input = of.current;
    // Phones have a larger letter in inputs, lest they zoom.
    if (copy.current && input) copy.current.style.font = getComputedStyle(input).font;
    const follow = () => {
      if (copy.current && input) {
        copy.current.style.transform = `translateX(${-input.scrollLeft}px)`;
      }
    };
    follow();
    // A browser scrolls the input to its caret after the letter is there.
    const frame = requestAnimationFrame(follow);
    input?.addEventListener("scroll", follow);
    return () => {
      cancelAnimationFrame(frame);
      input?.removeEventListener("scroll", follow);
    };
  }, [line, of]);
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute inset-x-2 inset-y-0 flex items-center overflow-hidden whitespace-pre text-transparent"
    >
      <span ref={copy}>
        {spans.map(({ start, end, kind }, index) => (
          <span key={start}>
            {line.slice(spans[index - 1]?.end ?? 0, start)}
            <mark data-kind={kind} className="understood">
              {line.slice(start, end)}
            </mark>
          </span>
        ))}
        {line.slice(spans.at(-1)?.end ?? 0)}
      </span>
    </div>
  );
}
