import { useEffect } from "react";

import { text } from "@/shared/text";

/** Calls the window by what it shows. Null leaves that to whoever knows it; nothing, to the product. */
export function useTitle(title: string | null | undefined): void {
  useEffect(() => {
    if (title !== null) document.title = title ? text.page.titled(title) : text.product;
  }, [title]);
}
