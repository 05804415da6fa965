import { explain } from "@/shared/api/errors";
import { undo } from "@/shared/api/undo";
import { newUuid } from "@/shared/lib/uuid";
import { views } from "@/shared/text/views";

import { showRefusal, showToast } from "./toasts";
import { undos } from "./undos";

/**
 * Takes back what an operation did, long ago or elsewhere, whole or not at all; says which, and
 * resolves to it. What this window has just done is taken back by its commands, at once and offline too.
 */
export async function takeBack(opId: string): Promise<boolean> {
  try {
    await undo(opId, newUuid());
  } catch (error) {
    showRefusal(views.notUndone(explain(error)));
    return false;
  }
  undos.forget(opId);
  showToast({ message: views.undone });
  return true;
}
