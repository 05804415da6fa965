import { lazy, type ReactNode, type RefObject, Suspense } from "react";

const load = () => import("./PopoverPanel");
const PopoverPanel = lazy(load);

/** Fetches the panel's code ahead of the click that needs it. */
export const preloadPopover = (): void => void load();

export interface PopoverProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly anchor: RefObject<HTMLElement | null>;
  /** Where the focus goes when it closes. */
  readonly returnTo: RefObject<HTMLElement | null>;
  readonly label: string;
  readonly children: ReactNode;
}

/** A small dialog beside its anchor. Its code is loaded when first wanted. */
export function Popover(props: PopoverProps) {
  return props.open ? (
    <Suspense fallback={null}>
      <PopoverPanel {...props} />
    </Suspense>
  ) : null;
}
