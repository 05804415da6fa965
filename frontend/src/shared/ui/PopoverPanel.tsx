import { Popover } from "radix-ui";
import { type ReactNode, type RefObject, useState } from "react";

interface PopoverProps {
  readonly onClose: () => void;
  readonly anchor: RefObject<HTMLElement | null>;
  /** Where the focus goes when it closes. */
  readonly returnTo: RefObject<HTMLElement | null>;
  readonly label: string;
  /** Which of its edges stands at the same edge of the anchor. */
  readonly align: "start" | "end";
  readonly children: ReactNode;
}

/** A small dialog beside its anchor. */
export function PopoverPanel(props: PopoverProps) {
  const { onClose, anchor, returnTo, label, align, children } = props;
  // Inside the sheet that it was opened from, which is all there is to those who hear the page.
  const [home] = useState(() => anchor.current?.closest("dialog, [role=dialog]") ?? document.body);
  return (
    <Popover.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal container={home}>
        <Popover.Content
          aria-label={label}
          align={align}
          sideOffset={8}
          collisionPadding={12}
          className="appear z-40 w-80 max-w-[calc(100vw-24px)] rounded-card border border-line-strong bg-card p-2"
          onInteractOutside={(event) => {
            // A press on the anchor is its own way to close.
            if (event.target instanceof Node && anchor.current?.contains(event.target)) {
              event.preventDefault();
            }
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnTo.current?.focus();
          }}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
