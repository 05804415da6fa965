import { Popover } from "radix-ui";

import type { PopoverProps } from "./Popover";

export default function PopoverPanel({ onClose, anchor, returnTo, label, children }: PopoverProps) {
  return (
    <Popover.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal>
        <Popover.Content
          aria-label={label}
          align="start"
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
