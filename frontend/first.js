// Stands in the document itself (opening.ts puts it there; the server's policy knows it by its hash) and runs before
// anything is drawn: it says how the document's own first picture looks, and what is to be fetched for the rest.
(() => {
  const root = document.documentElement;
  const recall = (key) => {
    try {
      return localStorage.getItem("taskengine." + key);
    } catch {
      return null; // Storage may be closed to us; the system's theme and the browser's language stand then.
    }
  };
  // Its twin for later changes is src/shared/ui/theme.ts.
  const theme = recall("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  // Its twin is src/shared/text/language.ts.
  const spoken = ["en", "de"];
  const wanted = [
    recall("language"),
    ...navigator.languages.map((tag) => tag.toLowerCase().split("-")[0]),
  ];
  root.lang = wanted.find((code) => spoken.includes(code)) ?? "en";
  // Who was here last: src/features/auth/session.ts.
  const member = recall("member") === "yes";
  if (!member && location.pathname === "/") root.dataset.door = "";
  const ahead = __AHEAD__;
  const [, first] = location.pathname.split("/");
  // What will be asked first of all is asked beside the code that will ask it: src/shared/api/ahead.ts.
  if (member && first === "insights") {
    const path = "/api/v1/insights/";
    window.taskengineAhead = {
      path,
      at: Date.now(),
      user: recall("user"),
      answer: fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(
        () => null,
      ),
    };
  }
  const board = member && !__NO_BOARD__.includes(first);
  for (const href of new Set([
    ...(member ? ahead.member : ahead.visitor),
    ...(board ? ahead.board : []),
    ...(ahead[first] ?? []),
  ])) {
    document.head.append(
      Object.assign(document.createElement("link"), {
        rel: "modulepreload",
        crossOrigin: "",
        href,
      }),
    );
  }
  // The first formatter of times takes many milliseconds to make: it is made while the page's code is on its way.
  requestAnimationFrame(() => setTimeout(() => Intl.DateTimeFormat()));
})();
