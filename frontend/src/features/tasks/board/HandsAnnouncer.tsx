import { useObservable } from "@/shared/lib/observable";
import { Announcement } from "@/shared/ui/Announcement";

import { useHands } from "./hands";

/** Says what the hands on the board have done, to those who hear the page. */
export function HandsAnnouncer() {
  return <Announcement said={useObservable(useHands().said)} />;
}
