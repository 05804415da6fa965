import { useEffect, useState } from "react";

import { type AuditEntry, listAudit } from "@/shared/api/listAudit";
import { activity as text } from "@/shared/text/activity";

import type { Entry } from "./entries";

const PAGE = 50;

/**
 * What others did with the account: staff, whoever could not log in, or the server, told by a command or a link in a
 * mail. What the person did stands in their operations. The page is whole without it, so nothing is said where it
 * can't be had.
 */
export function useOthers(): readonly AuditEntry[] {
  const [told, setTold] = useState<readonly AuditEntry[]>([]);
  useEffect(() => {
    let left = false;
    const ask = () => {
      listAudit(PAGE).then(
        (entries) => {
          if (!left) setTold(entries);
        },
        () => undefined,
      );
    };
    ask();
    window.addEventListener("focus", ask);
    return () => {
      left = true;
      window.removeEventListener("focus", ask);
    };
  }, []);
  return told;
}

export function deedsOfOthers(told: readonly AuditEntry[], since: number): Entry[] {
  return told.flatMap((one): Entry[] => {
    const { id, by } = one;
    const at = Date.parse(one.last_at);
    const sentence = sentenceOf(one);
    if (by === "self" || sentence === null || at < since) return [];
    return [{ id, at, by, sentence, taskId: null, undoable: false, undone: false }];
  });
}

/** Null for what is told elsewhere, or to nobody. */
function sentenceOf({ action, address, details, times }: AuditEntry): string | null {
  switch (action) {
    case "email_confirmed":
      return null; // By its owner, be it through a mail.
    case "log_in_failed":
      return text.logInFailed(times, address);
    case "account_changed":
      // Staff change settings by an operation, and that stands in the log already.
      return "is_staff" in details ? text.staffRights(isGiven(details.is_staff)) : null;
    default:
      return text.account[action] ?? text.accountChanged;
  }
}

function isGiven(change: unknown): boolean {
  return (change as { readonly after?: unknown } | null)?.after === true;
}
