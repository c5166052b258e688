// What every page gets on top of its text: suggestions while one types, keys, the theme, and ids to copy.
"use strict";
{
  const api = "/api/mgit/v1";

  /** An element with attributes and children; text is only ever text. */
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  };
  const link = id => "/-/version/" + encodeURIComponent(id);
  const typing = event => event.target.closest?.("input, select, textarea, [contenteditable]");
  window.mgit = { api, element, link, typing, keys: [] };

  /* Search */
  const input = document.getElementById("search");
  const list = element("ul", { class: "suggestions", id: "suggestions", role: "listbox", "aria-label": "Suggestions" });
  let found = [];
  let chosen = -1;
  let asked = 0;

  const choose = index => {
    chosen = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    if (index >= 0) {
      input.setAttribute("aria-activedescendant", "suggestion-" + index);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };
  const hide = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  const show = results => {
    found = results;
    list.replaceChildren(...results.map((one, at) => element(
        "li", { role: "option", id: "suggestion-" + at },
        element("span", { class: "name" }, one.name),
        element("span", { class: "subject" }, one.subject),
        ...(one.what === "model" ? [] : [element("span", { class: "badge tag" }, one.what)]))));
    list.hidden = results.length === 0;
    input.setAttribute("aria-expanded", String(results.length > 0));
    choose(-1);
  };
  const suggest = async () => {
    const mine = ++asked;
    const text = input.value.trim();
    if (!text) {
      hide();
      return;
    }
    const reply = await fetch(api + "/search?limit=8&q=" + encodeURIComponent(text)).catch(() => null);
    if (reply?.ok && mine === asked) {
      show((await reply.json()).results);
    }
  };
  if (input) {
    Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "suggestions",
      "aria-autocomplete": "list" }).forEach(([name, value]) => input.setAttribute(name, value));
    list.hidden = true;
    input.parentElement.append(list);
    let pause;
    input.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(suggest, 120);
    });
    input.addEventListener("keydown", event => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        choose(found.length && !list.hidden ? (chosen + step + found.length) % found.length : -1);
      } else if (event.key === "Escape") {
        hide();
        input.blur();
      } else if (event.key === "Enter" && chosen >= 0) {
        event.preventDefault();
        location.href = link(found[chosen].id);
      }
    });
    list.addEventListener("mousedown", event => {
      const at = [...list.children].indexOf(event.target.closest("li"));
      if (at >= 0) {
        location.href = link(found[at].id);
      }
    });
    input.addEventListener("blur", () => setTimeout(hide, 100));
  }

  /* Theme */
  const theme = document.getElementById("theme");
  const dark = () => (document.documentElement.dataset.theme
      ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => {
    theme.textContent = dark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", "Use the " + (dark() ? "light" : "dark") + " theme");
  };
  theme.hidden = false;
  name();
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    name();
    try {
      localStorage.setItem("mgit-theme", document.documentElement.dataset.theme);
    } catch {
      // it holds for this page
    }
  });

  /* Keys */
  const help = () => {
    const rows = [["/", "Search"], ["?", "This help"], ["g", "Graph"], ["m", "Models"], ["s", "Stale models"],
      ["u", "Update"], ...window.mgit.keys];
    const close = element("button", { type: "button" }, "Close");
    const keys = element("dl", {}, ...rows.flatMap(([key, words]) => [
      element("dt", {}, ...key.split(" ").map(one => element("kbd", {}, one))), element("dd", {}, words)]));
    const dialog = element("dialog", { "aria-label": "Keys" }, element("h2", {}, "Keys"), keys, close);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  const button = document.getElementById("keys");
  button.hidden = false;
  button.addEventListener("click", help);
  const places = { g: "/", m: "/-/models", s: "/-/stale", u: "/-/update" };
  document.addEventListener("keydown", event => {
    if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "/" && input) {
      event.preventDefault();
      input.focus();
      input.select();
    } else if (event.key === "?") {
      event.preventDefault();
      help();
    } else if (Object.hasOwn(places, event.key)) {
      location.href = places[event.key];
    }
  });

  /* Ids */
  document.querySelectorAll("[data-copy]").forEach(code => {
    code.title = "Copy";
    code.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(code.textContent);
      code.classList.add("copied");
      setTimeout(() => code.classList.remove("copied"), 900);
    });
  });
}
