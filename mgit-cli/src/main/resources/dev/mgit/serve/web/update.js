// Keeps the page of an update in progress up to date without losing one's place.
"use strict";
{
  const box = document.getElementById("update");
  let last = "";
  const refresh = async () => {
    const facts = await fetch(window.mgit.api + "/update").catch(() => null);
    if (!facts?.ok) {
      return;
    }
    const now = await facts.text();
    if (now === last) {
      return;
    }
    const first = last === "";
    last = now;
    if (first) {
      return;
    }
    // The server draws it: one place says how an update looks.
    const page = await fetch("/-/update").catch(() => null);
    if (page?.ok) {
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("update");
      if (fresh) {
        box.replaceChildren(...fresh.childNodes);
        box.dataset.live = fresh.dataset.live;
      }
    }
  };
  refresh();
  setInterval(() => document.hidden || refresh(), 1000);
}
