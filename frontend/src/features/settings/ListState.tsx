import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";

import type { List } from "./useList";

/** What stands in place of a list that has not come. */
export function ListState({ list }: { readonly list: Omit<List<unknown>, "change"> }) {
  if (list.problem !== null) {
    return (
      <div role="alert" className="grid justify-items-start gap-3">
        <p>{list.problem}</p>
        <Button onClick={list.reload}>{settings.tryAgain}</Button>
      </div>
    );
  }
  return (
    list.items === null && (
      <div role="status" aria-label={settings.loading} className="late grid gap-3">
        <div className="breathe h-4 w-2/3 rounded-card bg-hover" />
        <div className="breathe h-4 w-1/2 rounded-card bg-hover" />
      </div>
    )
  );
}
