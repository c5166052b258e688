// Where everything in a neighbourhood stands: sizes by the text, places by dagre.
"use strict";
{
  const measure = document.createElement("canvas").getContext("2d");
  const SANS = "system-ui, sans-serif";
  const width = (text, font) => {
    measure.font = font + " " + SANS;
    return measure.measureText(text).width;
  };

  /** The text, or as much of it as fits. */
  const fitted = (text, font, most) => {
    if (width(text, font) <= most) {
      return text;
    }
    let low = 0;
    let high = text.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (width(text.slice(0, middle) + "…", font) <= most) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return text.slice(0, low) + "…";
  };

  const count = number => number.toLocaleString("en-US");
  const MOST = 236;

  const versionBox = node => {
    const flags = [...node.tags, ...(node.lossy ? ["lossy"] : []), ...(node.stale ? [node.stale] : [])].join(" · ");
    const label = fitted(node.label, "600 13px", MOST);
    const sub = fitted(node.subject, "11.5px", 200);
    const flag = fitted(flags, "600 11px", MOST);
    const wide = Math.max(width(label, "600 13px"), width(sub, "11.5px"), width(flag, "600 11px"), 70);
    return { type: "version", id: node.id, node, label, sub, flag, width: wide + 34, height: flag ? 62 : 46 };
  };

  const foldBox = (id, label, title, open) =>
      ({ type: "fold", id, label, title, open, width: width(label, "12px") + 26, height: 28 });

  const family = kind => ({
    version: "k-version", finetune: "k-train", "continue-pretrain": "k-train", distill: "k-train", rl: "k-train",
    prune: "k-shrink", quantize: "k-shrink", cast: "k-shrink", convert: "k-shrink",
    adapter: "k-join", merge: "k-join" })[kind] ?? "k-other";

  /** All boxes and the lines between them, not yet placed. */
  const parts = data => {
    const boxes = data.nodes.map(versionBox);
    const lines = data.edges.map(edge => ({ from: edge.from, to: edge.to, kind: edge.kind, source: edge.source,
      look: family(edge.kind), label: edge.kind === "version" ? "" : edge.kind }));
    const versions = new Map(boxes.map(box => [box.id, box]));
    data.folds.forEach((fold, at) => {
      if (!fold.kind) { // beyond the edge of what is shown: a small count on the version itself
        const box = versions.get(fold.of);
        (box.more ??= []).push({ side: fold.side, label: "+" + count(fold.count), open: fold.open });
        box.width += fold.side === "children" ? 16 : 0;
        return;
      }
      const id = "fold-" + at;
      boxes.push(foldBox(id, "+" + count(fold.count) + " " + fold.kind, count(fold.count) + " more; open", fold.open));
      const up = fold.side === "parents";
      lines.push({ from: up ? id : fold.of, to: up ? fold.of : id, look: "fold", label: "" });
    });
    data.runs.forEach((run, at) => {
      const id = "run-" + at;
      boxes.push(foldBox(id, "··· " + count(run.count) + " versions", "Versions in a row; open", run.open));
      lines.push({ from: run.from, to: id, look: "k-version", label: "" }, { from: id, to: run.to, look: "k-version", label: "" });
    });
    if (data.families) {
      boxes.push(foldBox("families", "+" + count(data.families.count) + " more families, "
          + count(data.families.versions) + " versions", "Show more families", data.families.open));
    }
    return { boxes, lines };
  };

  /** Places everything, time going right, or down where the window is narrow. */
  const layout = (data, narrow) => {
    const { boxes, lines } = parts(data);
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    // Many lines out of one box need room to part before their words.
    const out = new Map();
    lines.forEach(line => out.set(line.from, (out.get(line.from) ?? 0) + 1));
    const room = Math.min(90, 3 * Math.max(0, ...out.values()));
    graph.setGraph({ rankdir: narrow ? "TB" : "LR", nodesep: 16, edgesep: 10, ranksep: narrow ? 44 : 48 + room, marginx: 24,
      marginy: 24 });
    graph.setDefaultEdgeLabel(() => ({}));
    boxes.forEach(box => graph.setNode(box.id, box));
    lines.forEach((line, at) => {
      if (line.label) {
        line.width = width(line.label, "11px") + 8;
        line.height = 14;
        line.labelpos = "c";
      }
      graph.setEdge(line.from, line.to, line, "line-" + at);
    });
    dagre.layout(graph);
    const places = new Map(boxes.map(box => [box.id, box]));
    lines.forEach(line => {
      const from = places.get(line.from);
      const to = places.get(line.to);
      const [start, end] = narrow
          ? [{ x: from.x, y: from.y + from.height / 2 }, { x: to.x, y: to.y - to.height / 2 }]
          : [{ x: from.x + from.width / 2, y: from.y }, { x: to.x - to.width / 2, y: to.y }];
      // In a rank boxes differ in size; a bend beside a wide one would lead back.
      const between = line.points.slice(1, -1).filter(point => narrow ? point.y > start.y && point.y < end.y
          : point.x > start.x && point.x < end.x);
      line.points = [start, ...between, end];
    });
    const size = graph.graph();
    return { boxes, lines, down: narrow, width: size.width, height: size.height };
  };

  window.mgit.graph = { layout, family, count };
}
