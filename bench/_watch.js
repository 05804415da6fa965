// Runs in the page before its own scripts, and times what they do. A card "stands" when the page has it in a bucket;
// it is painted when the frame in which it stands has been drawn: the first task after that frame's callbacks.
// All times are milliseconds on the page's own clock, from the navigation on.
(() => {
  const PATIENCE_MS = 30_000;
  const told = new Map();
  const events = new Map();
  const watch = {
    told, // when the frame came that carried a task's miss, by the task's id
    firstCard: null,
    framesBefore: null, // how many frames with tasks the stream had sent when the first card was painted
    frames: 0,
  };
  window.benchWatch = watch;

  const channel = new MessageChannel();
  const after = [];
  channel.port1.onmessage = () => after.shift()();
  /** To be called in a frame's callback: goes on once that frame has been drawn. */
  const drawn = (next) => {
    after.push(next);
    channel.port2.postMessage(null);
  };

  /** Resolves with when it was painted that `selector` stands. */
  watch.painted = (selector) =>
    new Promise((resolve, reject) => {
      const giveUpAt = performance.now() + PATIENCE_MS;
      const look = (now) => {
        if (document.querySelector(selector)) drawn(() => resolve(performance.now()));
        else if (now > giveUpAt) reject(new Error(`There never stood ${selector}`));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });

  /** Looks for the cards of these tasks among the missed, from a moment before the instant at which they are due. */
  watch.misses = async (ids, atMs) => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - Date.now() - 50)));
    const painted = await Promise.all(
      ids.map((id) => watch.painted(`[data-travel="${id}"][data-bucket="missed"]`)),
    );
    while (!ids.every((id) => told.has(id))) await new Promise((resolve) => setTimeout(resolve, 5));
    return ids.map((id, index) => ({
      fromFrame: Math.max(0, painted[index] - told.get(id)),
      fromDeadline: performance.timeOrigin + painted[index] - atMs,
    }));
  };

  /** From the next input of a type to `selector` painted; and what the browser itself says of that input. */
  watch.input = (type, selector) => {
    const begun = new Promise((resolve) => {
      window.addEventListener(type, resolve, { capture: true, once: true });
    });
    const measure = async () => {
      const { timeStamp } = await begun;
      const painted = await watch.painted(selector);
      await new Promise((resolve) => setTimeout(resolve, 100)); // for the observer to hear of it
      return { own: painted - timeStamp, event: events.get(`${type} ${timeStamp}`) ?? 0 };
    };
    watch.measured = measure();
  };

  /** Writes down when each frame of the browser's begins, until `stop`. */
  watch.count = () => {
    const starts = [];
    let on = true;
    const frame = (now) => {
      starts.push(now);
      if (on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    watch.stop = () => {
      on = false;
      return starts;
    };
  };

  new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries()) events.set(`${name} ${startTime}`, duration);
  }).observe({ type: "event", durationThreshold: 16 });

  window.WebSocket = class extends WebSocket {
    constructor(...of) {
      super(...of);
      this.addEventListener("message", ({ data, timeStamp }) => {
        if (data.includes('"items"')) watch.frames += 1; // a welcome may be faster than a card, and brings none
        if (!data.includes("task.missed")) return;
        for (const { type, data: { task } } of JSON.parse(data).items ?? []) {
          if (type === "task.missed") told.set(task.id, timeStamp);
        }
      });
    }
  };

  new MutationObserver((_, observer) => {
    if (!document.querySelector("[data-travel]")) return;
    observer.disconnect();
    const before = watch.frames;
    requestAnimationFrame(() =>
      drawn(() => {
        watch.framesBefore = before;
        watch.firstCard = performance.now();
      }),
    );
  }).observe(document, { childList: true, subtree: true });
})();
