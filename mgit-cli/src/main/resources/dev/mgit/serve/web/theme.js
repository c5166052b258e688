// The theme a person chose here before, applied before anything is drawn.
"use strict";
document.documentElement.classList.add("js");
{
  const chosen = (() => {
    try {
      return localStorage.getItem("mgit-theme");
    } catch {
      return null; // storage is off: the system's theme, then
    }
  })();
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.theme = chosen;
  }
}
