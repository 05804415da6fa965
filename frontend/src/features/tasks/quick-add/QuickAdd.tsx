import { useNavigate } from "@tanstack/react-router";
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

import { useClock } from "@/shared/clock/react";
import { useToday } from "@/shared/clock/useToday";
import { ROOMY, useMedia } from "@/shared/lib/media";
import { newUuid } from "@/shared/lib/uuid";
import { text } from "@/shared/text";
import { Button, IconButton } from "@/shared/ui/Button";
import { ClockIcon, PlusIcon, StepsIcon } from "@/shared/ui/icons";
import { part } from "@/shared/ui/part";

import { useView } from "../board/hands";
import { useWayBack } from "../board/useWayBack";
import { useWorkspace, useZone } from "../context";
import {
  inOneMinute,
  noDeadline,
  type Preset,
  tomorrowMorning,
  tonight,
} from "../deadline/deadline";
import { DeadlinePicker, preloadPicker } from "../deadline/DeadlinePicker";
import { TITLE_LIMIT } from "../limits";
import { useTaskSearch } from "../view/useTaskSearch";
import { fieldsOf, readIn } from "./make";
import { Mirror } from "./Mirror";
import { plainly, type Reading, titleOf } from "./reading";
import { Turns } from "./turns";
import { useLine } from "./useLine";
import { useSuggestions } from "./useSuggestions";

const PRESETS = [inOneMinute, tonight, tomorrowMorning, noDeadline];

const chips = part(() => import("./Chips"));
const suggestionList = part(() => import("./SuggestionList"));

interface QuickAddProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  /** The deadline's choice, not its instant: "in 1 minute" counts from when the task is added. */
  readonly choice: Preset;
  readonly onChoose: (choice: Preset) => void;
  /** Told of each task that was added, and whether it opens; else the focus stays, for the next one. */
  readonly onAdded?: (id: string, title: string, opened: boolean) => void;
}

/**
 * One line for a new task, which understands what is typed. Enter adds it and the focus stays, ready
 * for the next; Shift and Enter open it; Backspace after words that were understood takes that back.
 */
export function QuickAdd({ inputRef, choice, onChoose, onAdded }: QuickAddProps) {
  const clock = useClock();
  const navigate = useNavigate();
  const { commands, store, subject } = useWorkspace();
  const { place } = useView();
  const search = useTaskSearch();
  const { arrive, leave } = useWayBack();
  const zone = useZone();
  const today = useToday(zone);
  const line = useLine();
  /** The day that the place gives was taken back. */
  const [anyDay, setAnyDay] = useState(false);
  const [caret, setCaret] = useState(0);
  const [focused, setFocused] = useState(false);
  const moveCaret = useRef<number | null>(null);
  const [picking, setPicking] = useState(false);
  const [turns] = useState(() => new Turns());
  const chip = useRef<HTMLButtonElement>(null);
  const listId = useId();
  const roomy = useMedia(ROOMY);
  const chosen = choice !== noDeadline;
  const reading = chosen
    ? withoutDeadline(line.reading)
    : anyDay
      ? line.reading
      : readIn(place, line.reading, today, zone);
  const title = titleOf(line.line, reading.spans);
  const { suggestions, press } = useSuggestions({
    line: line.line,
    caret,
    projects: line.projects,
    labels: line.labels,
    onTake: (typed, at) => {
      line.type(typed);
      setCaret(at);
      moveCaret.current = at;
    },
  });
  const list = focused ? suggestions : null;
  useLayoutEffect(() => {
    if (moveCaret.current === null) return;
    inputRef.current?.setSelectionRange(moveCaret.current, moveCaret.current);
    moveCaret.current = null;
  });
  const deadline = () => (chosen ? choice.at(clock.now(), zone) : reading.deadline);
  const empty = () => {
    line.type("");
    setAnyDay(false);
    onChoose(noDeadline);
  };
  const add = (open: boolean) => {
    if (title === "") return;
    const id = newUuid();
    const by = chosen ? deadline() : null;
    turns.add(
      line.lastWord(!chosen),
      () => line.reading,
      (meant) => {
        const known = { projects: store.getProjects(), labels: store.getLabels() };
        const made = by
          ? withoutDeadline(meant)
          : anyDay
            ? meant
            : readIn(place, meant, today, zone);
        // What turned out to have no title but what was understood is a title itself.
        const last = titleOf(made.line, made.spans) === "" ? plainly(made.line) : made;
        const fields = fieldsOf(last, known, commands, place);
        const name = titleOf(last.line, last.spans);
        commands.create(name, by ?? last.deadline, open || onAdded ? { ...fields, id } : fields);
        onAdded?.(id, name, open);
        if (open) void navigate({ to: "/tasks/$taskId", params: { taskId: id }, search });
      },
    );
    empty();
    if (!open && !onAdded) inputRef.current?.focus();
  };
  useEffect(() => {
    const flush = () => {
      turns.flush();
    };
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
    };
  }, [turns]);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing || (list && press(event))) return;
    if (event.key === "Escape") leave(event.currentTarget);
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      add(true);
    }
    if (event.key !== "Backspace" || event.metaKey || event.ctrlKey || event.altKey) return;
    const { selectionStart, selectionEnd } = event.currentTarget;
    const before = reading.spans.find(({ end }) => end === selectionStart);
    if (selectionStart !== selectionEnd || !before) return;
    event.preventDefault();
    line.takeBack([before]);
  };
  const seen = () => {
    setCaret(inputRef.current?.selectionStart ?? 0);
  };
  const options = list && {
    role: "combobox",
    "aria-expanded": true,
    "aria-controls": listId,
    "aria-activedescendant": `${listId}-${list.active}`,
  };
  return (
    <form
      aria-label={text.quickAdd.label}
      className="relative rounded-card border border-line-strong bg-card -outline-offset-1 outline-accent has-[input:focus]:outline-2"
      onSubmit={(event) => {
        event.preventDefault();
        add(false);
      }}
    >
      <div className="flex min-h-12 items-center gap-1 pl-3">
        <PlusIcon className="size-4 text-muted" />
        <div className="relative min-w-0 flex-1">
          <Mirror line={line.line} spans={reading.spans} of={inputRef} />
          <input
            ref={inputRef}
            aria-label={text.quickAdd.label}
            aria-autocomplete="list"
            placeholder={roomy ? text.quickAdd.placeholder : text.quickAdd.placeholderShort}
            autoComplete="off"
            enterKeyHint="done"
            maxLength={TITLE_LIMIT}
            className="relative block min-h-11 w-full bg-transparent px-2 py-2.5 outline-none"
            value={line.line}
            {...options}
            onFocus={(event) => {
              arrive(event);
              setFocused(true);
              line.prepare();
              chips.preload();
              suggestionList.preload();
            }}
            onBlur={() => {
              setFocused(false);
            }}
            onChange={(event) => {
              line.type(event.target.value);
              seen();
            }}
            onSelect={seen}
            onKeyDown={onKeyDown}
          />
        </div>
        <button
          ref={chip}
          type="button"
          aria-haspopup="dialog"
          aria-expanded={picking}
          aria-label={chosen ? text.deadline.chosen(choice.label) : text.deadline.choose}
          className={`inline-flex min-h-11 min-w-11 items-center justify-center gap-1.5 rounded-card px-3 text-meta whitespace-nowrap hover:bg-hover wide:min-h-9 ${
            chosen ? "font-semibold text-accent" : "text-muted"
          }`}
          onPointerEnter={preloadPicker}
          onFocus={preloadPicker}
          onClick={() => {
            setPicking(!picking);
          }}
        >
          <ClockIcon />
          <span className={chosen ? "" : "max-sm:sr-only"}>
            {chosen ? choice.label : text.deadline.choose}
          </span>
        </button>
        {title !== "" && (
          <IconButton
            label={text.plan.breakDown}
            className="-mx-1"
            onClick={() => {
              subject.set({ goal: title, deadline: deadline(), started: empty });
            }}
          >
            <StepsIcon />
          </IconButton>
        )}
        <Button type="submit" look="main" small className="m-0.5 wide:m-1" disabled={title === ""}>
          {text.quickAdd.add}
        </Button>
      </div>
      {line.line !== "" && (
        <chips.Part
          of={{
            reading,
            projects: line.projects,
            labels: line.labels,
            settled: line.settled,
            onTakeBack: (spans) => {
              // The words stay as they are where the place has said it, not they.
              if (spans.length === 0) setAnyDay(true);
              else line.takeBack(spans);
            },
          }}
          failed={() => null}
        />
      )}
      {list && <suggestionList.Part of={{ ...list, id: listId }} failed={() => null} />}
      <DeadlinePicker
        open={picking}
        onClose={() => {
          setPicking(false);
        }}
        anchor={chip}
        returnTo={inputRef}
        value={deadline()}
        presets={PRESETS}
        onPick={(preset) => {
          setAnyDay(preset === noDeadline);
          onChoose(preset);
        }}
        align="end"
      />
    </form>
  );
}

/** Who chose a deadline by hand means that one: the words of another are words. */
function withoutDeadline(reading: Reading): Reading {
  const spans = reading.spans.filter(({ kind }) => kind !== "deadline");
  return { ...reading, spans, deadline: { deadline: null, due_date: null } };
}
