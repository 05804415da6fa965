import { Link } from "@tanstack/react-router";

import { useReadyOf } from "@/shared/store/react";
import { views } from "@/shared/text/views";
import { Button, buttonClass } from "@/shared/ui/Button";

import { useLabel, useProject, useWorkspace } from "../context";
import { useView } from "./hands";

/** Whether the place is none any more: its project or label was deleted, here or elsewhere. */
export function useIsGone(): boolean {
  const { store } = useWorkspace();
  const { place } = useView();
  const ready = useReadyOf(store);
  const project = useProject(place.kind === "project" ? place.id : "");
  const label = useLabel(place.kind === "label" ? place.id : "");
  if (!ready || (place.kind !== "project" && place.kind !== "label")) return false;
  return (project ?? label) === undefined;
}

/** Says that the place is gone, or put away, and offers the way on. */
export function PlaceNote() {
  const { commands } = useWorkspace();
  const { place } = useView();
  const gone = useIsGone();
  const project = useProject(place.kind === "project" ? place.id : "");
  if (!gone && !project?.archived) return null;
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <p className="text-muted">
        {!gone
          ? views.archivedProject
          : place.kind === "project"
            ? views.goneProject
            : views.goneLabel}
      </p>
      <div className="flex flex-wrap gap-1">
        {project && (
          <Button
            small
            onClick={() => {
              commands.editProject(project, { archived: false });
            }}
          >
            {views.unarchive}
          </Button>
        )}
        <Link to="/" className={buttonClass(gone ? "quiet" : "plain", true)}>
          {views.toAll}
        </Link>
      </div>
    </div>
  );
}
