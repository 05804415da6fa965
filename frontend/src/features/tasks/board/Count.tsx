import { useState } from "react";

/** A bucket's count. It takes note of an arrival once; a departure is no news. */
export function Count({ value }: { readonly value: number }) {
  const [seen, setSeen] = useState({ value, arrivals: 0 });
  if (seen.value !== value) {
    setSeen({ value, arrivals: seen.arrivals + (value > seen.value ? 1 : 0) });
  }
  return (
    <span
      // A new key starts the animation again.
      key={seen.arrivals}
      className={`tabular font-normal ${seen.arrivals > 0 ? "pulse-once" : ""}`}
    >
      {value}
    </span>
  );
}
