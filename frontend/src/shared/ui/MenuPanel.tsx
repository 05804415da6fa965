import { DropdownMenu } from "radix-ui";
import type { RefObject } from "react";

import { CheckIcon } from "./icons";
import type { MenuItem } from "./Menu";
import { Sign } from "./Sign";

interface MenuPanelProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly home: Element;
  readonly onClose: () => void;
}

export default function MenuPanel({ label, items, button, home, onClose }: MenuPanelProps) {
  return (
    <DropdownMenu.Root
      open
      modal={false}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      {/* The real button stands outside; this only tells the menu where it is. */}
      <DropdownMenu.Trigger asChild>
        <span aria-hidden="true" tabIndex={-1} className="pointer-events-none absolute inset-0" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={home}>
        <DropdownMenu.Content
          aria-label={label}
          aria-labelledby={undefined}
          align="end"
          sideOffset={6}
          collisionPadding={12}
          className="appear z-50 max-h-[60dvh] max-w-80 min-w-44 overflow-y-auto rounded-card border border-line-strong bg-card p-1"
          onInteractOutside={(event) => {
            if (event.target instanceof Node && button.current?.contains(event.target)) {
              event.preventDefault();
            }
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // What was chosen may have moved the focus on to where it belongs.
            if (document.activeElement === document.body) button.current?.focus();
          }}
        >
          {items.map((item, place) => (
            <DropdownMenu.Item
              key={place}
              className="flex min-h-11 items-center justify-between gap-6 rounded-card px-3 outline-none select-none data-highlighted:bg-hover wide:min-h-9"
              {...(item.checked === undefined
                ? {}
                : { role: "menuitemcheckbox", "aria-checked": item.checked })}
              onSelect={() => {
                // First the focus, so that whatever follows finds it where the person is.
                button.current?.focus();
                item.run();
              }}
            >
              <span className="flex min-w-0 items-center gap-2">
                {item.sign && <Sign {...item.sign} className="w-4 text-center" />}
                <span className="truncate">{item.label}</span>
              </span>
              {item.checked && <CheckIcon />}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
