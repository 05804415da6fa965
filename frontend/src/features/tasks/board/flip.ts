/** Where each card stood, and which of its controls had the focus, just before a change. */
export interface Before {
  readonly places: ReadonlyMap<string, Place>;
  readonly focus: { readonly id: string; readonly control: string } | null;
}

interface Place {
  readonly element: HTMLElement;
  readonly rect: DOMRect;
  readonly bucket: string;
}

const MOVE: KeyframeAnimationOptions = {
  duration: 220,
  easing: "cubic-bezier(0.2, 0.8, 0.2, 1)",
};

/** How a card that has crossed the line is found when one has blinked. */
const MARK: KeyframeAnimationOptions = { duration: 2_400, easing: "ease-in" };

export function measure(root: HTMLElement): Before {
  const places = new Map<string, Place>();
  for (const element of cards(root)) {
    const { travel: id = "", bucket = "" } = element.dataset;
    places.set(id, { element, rect: element.getBoundingClientRect(), bucket });
  }
  return { places, focus: focusIn(root) };
}

/** Shows the way from the old places to the new, and keeps the focus with its card. */
export function play(
  root: HTMLElement,
  before: Before,
  bucketNow: (id: string) => string | undefined,
  reducedMotion: boolean,
): void {
  // All is measured before anything moves: a place that is asked for in between is laid out anew each time.
  const { places } = measure(root);
  for (const [id, to] of places) {
    const from = before.places.get(id);
    if (!canAnimate(to.element)) continue;
    if (from && from.bucket !== "missed" && to.bucket === "missed" && inView(to.rect)) {
      mark(to.element);
    }
    if (!from) {
      if (inView(to.rect)) appear(to.element);
    } else if (reducedMotion) {
      if (to.bucket !== from.bucket) appear(to.element);
    } else {
      move(from, to);
    }
  }
  for (const [id, place] of before.places) {
    if (!places.has(id) && !reducedMotion) leave(place, bucketNow(id));
  }
  keepFocus(root, before, places);
}

function mark(element: HTMLElement): void {
  element.animate(
    // Within the card: lists cut off what stands over their edges.
    { outline: ["3px solid var(--missed-mark)", "3px solid transparent"], outlineOffset: "-3px" },
    MARK,
  );
}

function appear(element: HTMLElement): void {
  element.animate([{ opacity: 0 }, { opacity: 1 }], MOVE);
}

function move(from: Place, { element, rect: to, bucket }: Place): void {
  const [x, y] = [from.rect.left - to.left, from.rect.top - to.top];
  if ((x === 0 && y === 0) || !(inView(from.rect) || inView(to))) return;
  if (bucket !== from.bucket) element.dataset.lifted = "";
  const animation = element.animate(
    [{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }],
    MOVE,
  );
  animation.onfinish = animation.oncancel = () => {
    delete element.dataset.lifted;
  };
}

/**
 * A card that left for a bucket that is not in view goes to that bucket's tab. The page no longer
 * has it, so a copy of it makes the way.
 */
function leave({ element, rect }: Place, bucket: string | undefined): void {
  const target = bucket && document.querySelector(`[data-travel-to="${bucket}"]`);
  if (!target || !inView(rect) || !canAnimate(element)) return;
  const to = target.getBoundingClientRect();
  const ghost = element.cloneNode(true) as HTMLElement;
  ghost.inert = true;
  ghost.ariaHidden = "true";
  delete ghost.dataset.travel;
  ghost.dataset.ghost = "";
  Object.assign(ghost.style, {
    left: `${rect.left}px`,
    top: `${rect.top}px`,
    width: `${rect.width}px`,
  });
  document.body.append(ghost);
  const x = to.left + to.width / 2 - (rect.left + rect.width / 2);
  const y = to.top + to.height / 2 - (rect.top + rect.height / 2);
  const way = ghost.animate(
    [
      { transform: "none", opacity: 1 },
      { transform: `translate(${x}px, ${y}px) scale(0.25)`, opacity: 0 },
    ],
    { ...MOVE, duration: 320, fill: "forwards" },
  );
  way.onfinish = way.oncancel = () => {
    ghost.remove();
  };
}

/** A focus that would be lost goes with the card, or to the next card where this one is gone. */
function keepFocus(root: HTMLElement, { focus, places }: Before, arrived: Before["places"]): void {
  if (!focus || document.activeElement !== document.body) return;
  const ids = [...places.keys()];
  const rest = ids.slice(ids.indexOf(focus.id));
  const id = rest.find((one) => arrived.has(one)) ?? ids.findLast((one) => arrived.has(one));
  if (id === undefined) return;
  const card = root.querySelector(`[data-travel="${id}"]`);
  const control =
    card?.querySelector<HTMLElement>(`[data-control="${focus.control}"]`) ??
    card?.querySelector<HTMLElement>("[data-control]");
  control?.focus({ preventScroll: true });
}

function focusIn(root: HTMLElement): Before["focus"] {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !root.contains(active)) return null;
  const id = active.closest<HTMLElement>("[data-travel]")?.dataset.travel;
  return id === undefined ? null : { id, control: active.dataset.control ?? "title" };
}

function cards(root: HTMLElement): NodeListOf<HTMLElement> {
  return root.querySelectorAll<HTMLElement>("[data-travel]");
}

function inView(rect: DOMRect): boolean {
  return rect.bottom > 0 && rect.top < window.innerHeight;
}

/** Old browsers, and the tests' page, have no animations; everything works without them. */
function canAnimate(element: Element): boolean {
  return typeof element.animate === "function";
}
