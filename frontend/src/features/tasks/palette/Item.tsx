import { Command } from "cmdk";
import type { ReactNode } from "react";

/** What belongs together, under its name. */
export function Group({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Command.Group
      heading={name}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  readonly name: string;
  /** Tells it from others of the same name. */
  readonly id?: string;
  readonly hint?: string;
  readonly onRun: () => void;
  readonly children?: ReactNode;
}

/** What can be chosen, by its name. */
export function Item({ name, id = "", hint, onRun, children }: ItemProps) {
  return (
    <Command.Item
      value={`${name} ${id}`}
      keywords={[name]}
      className="flex min-h-11 cursor-pointer items-center gap-2 rounded-card px-3 data-[selected=true]:bg-hover wide:min-h-9"
      onSelect={onRun}
    >
      {children}
      <span className="min-w-0 flex-1 truncate">{name}</span>
      {hint && <kbd className="font-sans text-meta text-muted">{hint}</kbd>}
    </Command.Item>
  );
}
