// Runs before the page is drawn. Its twin for later changes is src/shared/ui/theme.ts.
try {
  var chosen = localStorage.getItem("taskengine.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be closed to us; the system's theme stands then.
}
