import { vi } from "vitest";

import { undos } from "@/shared/ui/undos";

/** Something that was done; the mock is its way back. */
export function somethingDone() {
  const takeBack = vi.fn<() => void>();
  undos.offer({ ops: [], says: "Done.", quiet: true, takeBack });
  return takeBack;
}
