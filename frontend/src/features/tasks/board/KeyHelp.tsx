import { alt, chord } from "@/shared/lib/chord";
import { text } from "@/shared/text";
import { keys } from "@/shared/text/keys";
import { IconButton } from "@/shared/ui/Button";
import { CloseIcon } from "@/shared/ui/icons";
import { useModal } from "@/shared/ui/useModal";

type Group = readonly [name: string, keys: readonly (readonly [string, string])[]];

/** Where somebody is: on the board, on a page with rows that stand for tasks, or on one without. */
type Page = "board" | "rows" | "others";

const groups = (on: Page): readonly Group[] => [
  [
    keys.groups.go,
    [
      ["q", keys.add],
      ["⇧ Enter", keys.addAndOpen],
      ...(on === "others" ? [] : [["j k", keys.move] as const]),
      ["1 2 3", keys.columns],
      ["/", keys.search],
      [chord("K"), keys.anything],
      [chord("Z"), keys.undo],
      ["Esc", keys.close],
      ["?", keys.help],
    ],
  ],
  ...(on === "board" ? onTasks() : []),
  ...(on === "rows" ? onRows() : []),
];

/** What needs tasks to be done to. */
const onTasks = (): readonly Group[] => [
  [
    keys.groups.one,
    [
      ["Enter", keys.open],
      ["e", keys.complete],
      ["t", keys.reschedule],
      ["b", keys.breakDown],
      ["Del", keys.remove],
    ],
  ],
  [
    keys.groups.many,
    [
      ["x", keys.mark],
      ["Shift ↓ ↑", keys.range],
      [chord("A"), keys.all],
      ["Esc", keys.none],
    ],
  ],
  [
    keys.groups.move,
    [
      [`${alt} ↓ ↑`, keys.up],
      [`${alt} Shift ↓ ↑`, keys.day],
    ],
  ],
];

const onRows = (): readonly Group[] => [
  [
    keys.groups.one,
    [
      ["Enter", keys.open],
      ["e", keys.complete],
      ["t", keys.reschedule],
      ["b", keys.breakDown],
    ],
  ],
];

interface KeyHelpProps {
  /** Elsewhere than on the board fewer keys do something. */
  readonly on: Page;
  readonly onClose: () => void;
}

export default function KeyHelp({ on, onClose }: KeyHelpProps) {
  const dialog = useModal();
  return (
    <dialog
      ref={dialog}
      aria-label={keys.title}
      className="m-auto w-[640px] max-w-[calc(100vw-24px)] rounded-card border border-line-strong bg-card p-4 text-ink backdrop:bg-[rgb(0_0_0/0.4)]"
      onClose={onClose}
    >
      <div className="mb-2 flex items-center justify-between">
        <h2 className="font-semibold">{keys.title}</h2>
        <IconButton label={text.detail.close} onClick={onClose}>
          <CloseIcon />
        </IconButton>
      </div>
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        {groups(on).map(([name, all]) => (
          <section key={name} aria-label={name}>
            <h3 className="mb-1.5 text-meta text-muted">{name}</h3>
            <dl className="grid grid-cols-[6.5rem_1fr] gap-y-1.5">
              {all.map(([key, what]) => (
                <div key={what} className="contents">
                  <dt>
                    <kbd className="font-sans text-accent">{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
