// Runs before the first paint, so that a chosen theme never flashes; the content policy forbids inline scripts.
(() => {
  try {
    const theme = localStorage.getItem("chimera.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's theme applies.
  }
})();
