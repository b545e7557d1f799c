// Runs before the first paint, so that neither a chosen theme nor density flashes; the content policy forbids inline scripts.
(() => {
  try {
    const theme = localStorage.getItem("chimera.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    if (localStorage.getItem("chimera.density") === "compact") document.documentElement.dataset.density = "compact";
  } catch {
    // Storage is blocked: the system's theme applies.
  }
})();
