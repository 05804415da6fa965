import { useEffect, useState } from "react";

import { type AuditEntry, listAudit } from "@/shared/api/listAudit";
import { activity as text } from "@/shared/text/activity";

import type { Entry } from "./entries";

const PAGE = 50;
const WHO = { staff: "staff", stranger: "stranger", server: "server" } as const;

/**
 * What others did with the account: staff, whoever could not log in, or the server by a link in a mail. What the
 * person did stands in their operations. The page is whole without it, so nothing is said where it can't be had.
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
    const at = Date.parse(one.last_at);
    // An address is confirmed by its owner, be it through a mail.
    if (one.by === "self" || one.action === "email_confirmed" || at < since) return [];
    const sentence =
      one.action === "log_in_failed"
        ? text.logInFailed(one.times, one.address)
        : (text.account[one.action] ?? text.accountChanged);
    const by = WHO[one.by];
    return [{ id: one.id, at, by, sentence, taskId: null, undoable: false, undone: false }];
  });
}
