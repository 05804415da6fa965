import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { IconButton } from "@/shared/ui/Button";
import { CloseIcon } from "@/shared/ui/icons";
import { useModal } from "@/shared/ui/useModal";

import { Sidebar } from "./Sidebar";

/** The sidebar of a screen that has no room beside the board. */
export default function PlacesSheet({ onClose }: { readonly onClose: () => void }) {
  const dialog = useModal();
  return (
    <dialog
      ref={dialog}
      aria-label={views.places}
      className="rise mt-auto mb-0 max-h-[85dvh] w-full max-w-none overflow-y-auto rounded-t-card border-t border-line-strong bg-paper pb-[env(safe-area-inset-bottom)] text-ink backdrop:bg-[rgb(0_0_0/0.4)]"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="flex justify-end px-2 pt-2">
        <IconButton label={text.detail.close} onClick={onClose}>
          <CloseIcon />
        </IconButton>
      </div>
      <Sidebar onGo={onClose} />
    </dialog>
  );
}
