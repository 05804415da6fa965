import { type ReactNode, useRef, useState } from "react";

import type { Colour } from "@/shared/api/types";
import type { Signed } from "@/shared/lib/signs";

import { part } from "./part";
import { Unopened } from "./Unloaded";

const panel = part(() => import("./MenuPanel"));

export interface MenuItem {
  readonly label: string;
  /** What it is known by. */
  readonly sign?: { readonly of: Signed; readonly colour: Colour };
  /** Whether it is so already, where it is something that can be or not. */
  readonly checked?: boolean;
  readonly run: () => void;
}

interface MenuProps {
  /** What the menu is called by those who do not see its button. */
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly className: string;
  readonly children: ReactNode;
}

/** A button with a menu. The menu's code is loaded when the pointer or the focus comes near. */
export function Menu({ label, items, className, children }: MenuProps) {
  // While open: the landmark that the menu is drawn into, so that it belongs to it.
  const [home, setHome] = useState<Element | null>(null);
  const open = home !== null;
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setHome(null);
  };
  return (
    <span className="relative inline-flex">
      <button
        ref={button}
        type="button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        className={className}
        onPointerEnter={panel.preload}
        onFocus={panel.preload}
        onClick={({ currentTarget }) => {
          setHome(
            open
              ? null
              : (currentTarget.closest("dialog, [role=dialog], header, main, nav, [data-bar]") ??
                  document.body),
          );
        }}
      >
        {children}
      </button>
      {open && (
        <panel.Part
          of={{ label, items, button, home, onClose: close }}
          failed={() => <Unopened onClose={close} />}
        />
      )}
    </span>
  );
}
