import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

import { useWorkspace } from "../context";

/** Leads from any page to what is missed. */
export function useReview(): () => void {
  const { arrival } = useWorkspace();
  const navigate = useNavigate();
  return useCallback(() => {
    // A board that is there turns to it; one that is not yet begins with it.
    if (document.querySelector("[data-column]") === null) arrival.set("missed");
    void navigate({ to: "/", search: { bucket: "missed" } });
  }, [arrival, navigate]);
}
