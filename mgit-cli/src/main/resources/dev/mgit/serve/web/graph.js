// The home page: the graph the server sent, and further parts of it as one asks for them.
"use strict";
{
  const { api, element, link, typing, keys } = window.mgit;
  const { layout, View, family, count } = window.mgit.graph;
  const host = document.getElementById("graph");
  if (host) {
    const details = document.getElementById("details");
    const summary = document.getElementById("summary");
    const filter = document.getElementById("filter");
    let data = JSON.parse(host.dataset.graph);
    let query = new URLSearchParams(host.dataset.query);

    const narrow = () => host.clientWidth < 640;
    const say = () => {
      summary.textContent = `${count(data.nodes.length)} of ${count(data.versions)} versions`
          + (data.cut ? ", as many as are shown at once" : "");
    };

    /* What is chosen */
    const button = (words, href, look = "button") => element("a", { class: look, href }, words);
    const edgeItem = (edge, other) => {
      const item = element("li", {}, element("span", { class: "edge " + family(edge.kind) }, edge.kind));
      const name = element("a", { class: "name", href: link(other.id) }, other.label);
      name.addEventListener("click", event => {
        if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
          event.preventDefault();
          view.choose(other.id);
        }
      });
      item.append(name);
      if (edge.kind !== "version" && edge.source !== "declared") {
        item.append(element("span", { class: "badge " + (edge.source === "inferred" ? "warn" : "") }, edge.source));
      }
      return item;
    };
    const edgeList = (title, edges, end) => {
      const items = edges.map(edge => [edge, data.nodes.find(node => node.id === edge[end])])
          .filter(([, other]) => other).map(([edge, other]) => edgeItem(edge, other));
      return items.length ? [element("h3", {}, title), element("ul", { class: "edges" }, ...items)] : [];
    };
    const close = () => {
      details.hidden = true;
      host.querySelector("svg").focus();
    };
    const show = box => {
      if (box.type !== "version") {
        return;
      }
      const node = box.node;
      const parents = data.edges.filter(edge => edge.to === node.id);
      const children = data.edges.filter(edge => edge.from === node.id);
      const shut = element("button", { type: "button", class: "plain close", "aria-label": "Close" }, "✕");
      shut.addEventListener("click", close);
      const around = element("button", { type: "button" }, "Center on it");
      around.addEventListener("click", () => center(node.id));
      details.replaceChildren(
          shut, element("h2", {}, node.label),
          element("p", { class: "message" }, node.subject),
          element("div", { class: "actions" }, button("Open", link(node.id), "button primary"), around,
              ...(parents[0] ? [button("Compare with parent", `/-/diff?a=${parents[0].from}&b=${node.id}`)] : [])),
          element("dl", { class: "facts" },
              element("dt", {}, "Version"), element("dd", {}, element("code", {}, node.id.slice(0, 10))),
              element("dt", {}, "Author"), element("dd", {}, node.author),
              element("dt", {}, "Date"), element("dd", {}, node.when.slice(0, 10)),
              ...(node.tags.length ? [element("dt", {}, "Tags"), element("dd", {}, node.tags.join(", "))] : []),
              ...(node.lossy ? [element("dt", {}, "Lossy"), element("dd", {}, node.lossy)] : []),
              ...(node.stale ? [element("dt", {}, "Stale"), element("dd", {}, node.stale)] : [])),
          ...edgeList("Made from", parents, "from"), ...edgeList("Made from it", children, "to"));
      details.hidden = false;
      view.reveal(box);
    };

    /* Further parts */
    const load = async (next, keep, push = true) => {
      const reply = await fetch(api + "/graph?" + next).catch(() => null);
      if (!reply?.ok) {
        const problem = reply ? (await reply.json().catch(() => ({}))).error : "the server does not answer";
        summary.textContent = problem ?? "this did not work";
        return;
      }
      data = await reply.json();
      query = next;
      if (push) {
        history.pushState(null, "", "/?" + query);
      }
      view.draw(layout(data, narrow()), data.of, keep);
      say();
    };
    const center = id => {
      const next = new URLSearchParams(query);
      next.delete("open");
      next.set("of", id);
      load(next, id);
    };
    const open = box => {
      if (box.type === "version") {
        location.href = link(box.id);
        return;
      }
      const next = new URLSearchParams(query);
      const key = box.open.slice(0, box.open.lastIndexOf(":"));
      const others = next.getAll("open").filter(value => value.slice(0, value.lastIndexOf(":")) !== key);
      next.delete("open");
      [...others, box.open].forEach(value => next.append("open", value));
      const line = view.placed.lines.find(one => one.from === box.id || one.to === box.id);
      load(next, view.boxes.get(box.id)?.type === "version" ? box.id : line && (line.from === box.id ? line.to : line.from));
    };

    filter.querySelector("#apply").hidden = true;
    filter.addEventListener("change", () => {
      const next = new URLSearchParams(new FormData(filter));
      query.getAll("open").forEach(value => next.append("open", value));
      if (data.of) {
        next.set("of", data.of);
      }
      const chosen = next.getAll("kind");
      document.querySelector(".menu > summary").textContent = chosen.length ? chosen.join(", ") : "All edges";
      load(next, view.current);
    });
    addEventListener("popstate", () => load(new URLSearchParams(location.search), null, false));

    /* Tools and legend */
    const tool = (sign, words, action, look = "") => {
      const made = element("button", { type: "button", class: look, title: words, "aria-label": words }, sign);
      made.addEventListener("click", action);
      return made;
    };
    host.append(
        element("div", { class: "tools" },
            tool("+", "Zoom in", () => view.zoom(1.25)), tool("−", "Zoom out", () => view.zoom(0.8)),
            tool("Fit", "Fit into the window", () => view.fit(), "wide-tool")),
        element("p", { class: "legend", "aria-hidden": "true" },
            ...[["k-version", "next version"], ["k-train", "trained"], ["k-shrink", "made smaller"],
              ["k-join", "merged, adapted"], ["inferred", "inferred"]].map(([look, words]) =>
                element("span", { class: look }, element("i"), words))));
    const view = new View(host, show, open);
    host.hidden = false;
    view.draw(layout(data, narrow()), data.of, null);
    say();

    keys.push(["← → ↑ ↓", "Move between versions"], ["Enter", "Open a version or a fold"], ["c", "Center on it"],
        ["e", "Show what is beyond it"], ["+ −", "Zoom"], ["0", "Fit"], ["Esc", "Close the details"]);
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    document.addEventListener("keydown", event => {
      if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
        return;
      }
      const inside = event.target === document.body || host.contains(event.target) || event.target.id === "main";
      const box = view.boxes.get(view.current);
      if (arrows[event.key] && inside) {
        event.preventDefault();
        view.move(...arrows[event.key]);
      } else if (event.key === "Enter" && inside && box) {
        event.preventDefault();
        open(box);
      } else if (event.key === "c" && box?.type === "version") {
        center(box.id);
      } else if (event.key === "e" && box?.more) {
        open({ type: "fold", id: box.id, open: box.more[box.more.length - 1].open });
      } else if (event.key === "+" || event.key === "=") {
        view.zoom(1.25);
      } else if (event.key === "-") {
        view.zoom(0.8);
      } else if (event.key === "0") {
        view.fit();
      } else if (event.key === "Escape" && !details.hidden) {
        close();
      }
    });
    let wasNarrow = narrow();
    addEventListener("resize", () => {
      if (wasNarrow !== narrow()) {
        wasNarrow = narrow();
        view.draw(layout(data, wasNarrow), data.of, null);
      }
    });
  }
}
