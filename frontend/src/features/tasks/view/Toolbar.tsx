import { type RefObject, useRef, useState } from "react";

import { useMedia, WIDE } from "@/shared/lib/media";
import { SIGNS } from "@/shared/lib/signs";
import { useObservable } from "@/shared/lib/observable";
import type { Priority } from "@/shared/api/types";
import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { Button, IconButton } from "@/shared/ui/Button";
import { ChevronIcon, CloseIcon, FilterIcon, SearchIcon, CheckIcon } from "@/shared/ui/icons";
import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import { useHands, useView } from "../board/hands";
import { useWayBack } from "../board/useWayBack";
import { useLabel, useProject } from "../context";
import { useSetFilter } from "./useSetFilter";
import { type Filter, NO_FILTER } from "./view";

const panel = part(() => import("./FilterPanel"));
const sheet = part(() => import("../frame/PlacesSheet"));

interface ToolbarProps {
  /** What the place is called. */
  readonly title: string;
  readonly searchRef: RefObject<HTMLInputElement | null>;
}

/** What is looked at, and what narrows it down. */
export function Toolbar({ title, searchRef }: ToolbarProps) {
  const { filter } = useView();
  const { marking } = useHands();
  const set = useSetFilter();
  const wide = useMedia(WIDE);
  const choosing = useObservable(marking);
  const [open, setOpen] = useState<"filter" | "places" | null>(null);
  const filterButton = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(null);
  };
  return (
    <div className="flex flex-wrap items-center gap-y-1 wide:gap-x-2">
      {wide ? (
        <h1 className="mr-auto text-title font-semibold">{title}</h1>
      ) : (
        // The buttons stay beside it, however long it is.
        <h1 className="mr-auto max-w-[calc(100%-9.5rem)] min-w-0 text-title font-semibold">
          <button
            type="button"
            aria-haspopup="dialog"
            aria-expanded={open === "places"}
            aria-label={`${title}. ${views.chooseView}`}
            className="flex min-h-11 max-w-full items-center gap-1"
            onClick={() => {
              setOpen("places");
            }}
          >
            <span className="truncate">{title}</span>
            <ChevronIcon className="size-4 text-muted" />
          </button>
        </h1>
      )}
      <Chips filter={filter} onChange={set} />
      <Search searchRef={searchRef} q={filter.q} onChange={set} />
      <button
        ref={filterButton}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open === "filter"}
        className="inline-flex min-h-11 min-w-11 items-center justify-center gap-1.5 rounded-card px-2 text-meta text-muted hover:bg-hover hover:text-ink wide:min-h-9"
        onPointerEnter={panel.preload}
        onClick={() => {
          setOpen(open === "filter" ? null : "filter");
        }}
      >
        <FilterIcon />
        <span className="max-sm:sr-only">{views.filter}</span>
      </button>
      {!wide && (
        <IconButton
          label={views.select}
          aria-pressed={choosing}
          onClick={() => {
            marking.set(!choosing);
          }}
        >
          <CheckIcon />
        </IconButton>
      )}
      {open === "filter" && (
        <panel.Part
          of={{ filter, onChange: set, onClose: close, anchor: filterButton }}
          failed={() => <Unopened onClose={close} />}
        />
      )}
      {open === "places" && (
        <sheet.Part of={{ onClose: close }} failed={() => <Unopened onClose={close} />} />
      )}
    </div>
  );
}

interface SearchProps {
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly q: string;
  readonly onChange: (change: Partial<Filter>) => void;
}

/** What is typed narrows the board at once; the address follows. */
function Search({ searchRef, q, onChange }: SearchProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const { arrive, leave } = useWayBack();
  const change = (next: string) => {
    setTyped(next);
    onChange({ q: next });
  };
  return (
    <div
      role="search"
      className="flex min-h-11 items-center rounded-card border border-transparent focus-within:border-line-strong focus-within:bg-card hover:bg-hover has-[input:not(:placeholder-shown)]:border-line-strong has-[input:not(:placeholder-shown)]:bg-card wide:min-h-9"
    >
      <label className="flex min-h-11 min-w-11 items-center justify-center px-2 text-muted focus-within:gap-1.5 wide:min-h-9 wide:min-w-9 wide:gap-1.5">
        <SearchIcon />
        <span className="sr-only">{views.searchHint}</span>
        <input
          ref={searchRef}
          type="text"
          enterKeyHint="search"
          autoComplete="off"
          placeholder={views.search}
          className="w-0 bg-transparent text-meta text-ink outline-none transition-[width] duration-100 not-placeholder-shown:w-32 focus:w-32 wide:w-16 wide:not-placeholder-shown:w-48 wide:focus:w-48"
          value={typed ?? q}
          onChange={(event) => {
            change(event.target.value);
          }}
          onFocus={arrive}
          onBlur={() => {
            setTyped(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            if ((typed ?? q) !== "") change("");
            else leave(event.currentTarget);
          }}
        />
      </label>
      {(typed ?? q) !== "" && (
        <IconButton
          label={views.clearSearch}
          className="wide:size-8"
          onClick={() => {
            change("");
            searchRef.current?.focus();
          }}
        >
          <CloseIcon />
        </IconButton>
      )}
    </div>
  );
}

interface ChipsProps {
  readonly filter: Filter;
  readonly onChange: (change: Partial<Filter>) => void;
}

function Chips({ filter, onChange }: ChipsProps) {
  const project = useProject(filter.project ?? "");
  const label = useLabel(filter.label ?? "");
  const chips: readonly (readonly [string | null, Partial<Filter>])[] = [
    [
      filter.project === "none" ? views.noProject : project ? SIGNS.project + project.name : null,
      { project: NO_FILTER.project },
    ],
    [label ? SIGNS.label + label.name : null, { label: NO_FILTER.label }],
    [
      filter.priority === null ? null : text.detail.priorities[filter.priority as Priority],
      { priority: NO_FILTER.priority },
    ],
    [filter.order === "hand" ? views.byHand : null, { order: NO_FILTER.order }],
  ];
  return chips.map(
    ([name, without]) =>
      name !== null && (
        <Button
          key={Object.keys(without)[0]}
          small
          className="max-w-48 wide:min-h-7"
          aria-label={views.takeOff(name)}
          onClick={() => {
            onChange(without);
          }}
        >
          <span className="truncate">{name}</span>
          <CloseIcon className="size-3 text-muted" />
        </Button>
      ),
  );
}
