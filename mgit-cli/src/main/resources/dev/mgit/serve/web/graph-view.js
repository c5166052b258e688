// Draws a placed graph as SVG; moves over it by mouse, touch and keys.
"use strict";
{
  const SVG = "http://www.w3.org/2000/svg";
  const make = (tag, attributes = {}, ...children) => {
    const made = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  };
  const LEAST = 0.08;
  const MOST = 2.5;

  /** A curve that leaves and enters along the way time goes, through every point. */
  const path = (points, down) => {
    const [first, ...rest] = points;
    const place = (x, y) => x.toFixed(1) + " " + y.toFixed(1);
    let d = "M" + place(first.x, first.y);
    let last = first;
    rest.forEach(next => {
      const half = down ? (next.y - last.y) / 2 : (next.x - last.x) / 2;
      d += down ? `C${place(last.x, last.y + half)} ${place(next.x, next.y - half)} ${place(next.x, next.y)}`
          : `C${place(last.x + half, last.y)} ${place(next.x - half, next.y)} ${place(next.x, next.y)}`;
      last = next;
    });
    return d;
  };

  const words = box => box.type === "fold" ? box.label + "; " + box.title
      : [box.node.label, box.node.subject, ...box.node.tags, box.node.stale ? "stale: " + box.node.stale : ""]
          .filter(Boolean).join(", ");

  const drawMore = (box, more, down) => {
    const out = more.side === "parents" ? -1 : 1;
    const x = down ? box.x : box.x + out * box.width / 2;
    const y = down ? box.y + out * box.height / 2 : box.y;
    const wide = 12 + 6.5 * more.label.length;
    const group = make("g", { class: "more", "data-open": more.open });
    group.append(make("rect", { x: x - wide / 2, y: y - 9, width: wide, height: 18, rx: 9 }),
        make("text", { x, y: y + 4 }, more.label), make("title", {}, `${more.label} ${more.side}; show them (e)`));
    return group;
  };

  const drawBox = (box, middle, down) => {
    const left = box.x - box.width / 2;
    const top = box.y - box.height / 2;
    const look = ["node", box.type, box.node?.head ? "head" : "", box.node?.stale ? "stale" : "",
      box.id === middle ? "middle" : ""].join(" ");
    const group = make("g", { class: look, "data-id": box.id, tabindex: -1, role: "button", "aria-label": words(box) });
    group.append(make("rect", { class: "box", x: left, y: top, width: box.width, height: box.height,
      rx: box.type === "fold" ? 14 : 9 }));
    if (box.type === "fold") {
      group.append(make("text", { class: "label", x: box.x, y: box.y + 4, "text-anchor": "middle" }, box.label));
      return group;
    }
    group.append(make("rect", { class: "stripe", x: left + 9, y: top + 10, width: 4, height: box.height - 20, rx: 2 }));
    group.append(make("text", { class: "label", x: left + 22, y: top + 20 }, box.label));
    group.append(make("text", { class: "sub", x: left + 22, y: top + 36 }, box.sub));
    if (box.flag) {
      group.append(make("text", { class: "flag", x: left + 22, y: top + 52 }, box.flag));
    }
    group.append(make("title", {}, words(box)));
    (box.more ?? []).forEach(more => group.append(drawMore(box, more, down)));
    return group;
  };

  const drawLine = (line, down) => {
    const group = make("g", { class: `link ${line.look} ${line.source === "inferred" ? "inferred" : ""}`,
      "data-from": line.from, "data-to": line.to });
    group.append(make("path", { d: path(line.points, down), "marker-end": "url(#arrow)" }));
    return group;
  };

  const drawWord = line => make("g", { class: "link word " + line.look },
      make("text", { x: line.x, y: line.y + 4 }, line.label));

  /** The drawing; calls back with the box that is chosen, or opened. */
  class View {
    constructor(host, chosen, opened) {
      this.svg = make("svg", { role: "application", tabindex: 0,
        "aria-label": "Lineage graph. Arrows move between versions, Enter opens one, ? lists the keys." });
      this.world = make("g");
      this.svg.append(make("defs", {}, make("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7,
        markerHeight: 7, orient: "auto-start-reverse" }, make("path", { d: "M1 1L7 4L1 7", fill: "none",
        stroke: "context-stroke", "stroke-width": 1.4 }))), this.world);
      host.prepend(this.svg);
      this.chosen = chosen;
      this.opened = opened;
      this.at = { x: 0, y: 0, scale: 1 };
      this.listen();
    }

    draw(placed, middle, keep) {
      this.placed = placed;
      this.boxes = new Map(placed.boxes.map(box => [box.id, box]));
      const before = this.current;
      const old = this.seen;
      this.world.replaceChildren(...placed.lines.map(line => drawLine(line, placed.down)),
          ...placed.lines.filter(line => line.label).map(drawWord), ...placed.boxes.map(box => drawBox(box, middle, placed.down)));
      this.seen = this.boxes;
      const start = this.boxes.has(keep) ? keep : this.boxes.has(before) ? before : middle;
      this.current = start;
      const anchor = keep && old?.get(keep);
      if (anchor && this.boxes.has(keep)) { // what one looked at stays where it was
        const box = this.boxes.get(keep);
        this.at.x += (anchor.x - box.x) * this.at.scale;
        this.at.y += (anchor.y - box.y) * this.at.scale;
        this.apply();
      } else {
        this.fit();
      }
      if (this.boxes.has(start)) {
        this.choose(start, false);
      } else {
        this.current = placed.boxes[0]?.id;
      }
    }

    element(id) {
      return this.world.querySelector(`[data-id="${CSS.escape(id)}"]`);
    }

    choose(id, tell = true) {
      this.world.querySelectorAll(".chosen, .strong").forEach(one => one.classList.remove("chosen", "strong"));
      this.current = id;
      const group = this.element(id ?? "");
      if (!group) {
        return;
      }
      group.classList.add("chosen");
      this.world.querySelectorAll(".link").forEach(line => line.classList.toggle(
          "strong", line.dataset.from === id || line.dataset.to === id));
      if (tell) {
        group.focus({ preventScroll: true });
        this.reveal(this.boxes.get(id));
        this.chosen(this.boxes.get(id));
      }
    }

    apply() {
      const { x, y, scale } = this.at;
      this.world.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale.toFixed(4)})`);
    }

    fit() {
      const { clientWidth: wide, clientHeight: high } = this.svg;
      const whole = Math.min(wide / this.placed.width, high / this.placed.height, 1);
      // Too small to read says nothing: then the middle of things at a size one can read.
      const scale = Math.max(whole, 0.6);
      const center = this.boxes.get(this.current) ?? { x: 0, y: 0 };
      const place = (at, size, window) => size * scale <= window ? (window - size * scale) / 2
          : Math.min(0, Math.max(window - size * scale, window / 2 - at * scale));
      this.at = { scale, x: place(center.x, this.placed.width, wide), y: place(center.y, this.placed.height, high) };
      this.apply();
    }

    zoom(factor, x = this.svg.clientWidth / 2, y = this.svg.clientHeight / 2) {
      const scale = Math.min(MOST, Math.max(LEAST, this.at.scale * factor));
      const ratio = scale / this.at.scale;
      this.at = { scale, x: x - (x - this.at.x) * ratio, y: y - (y - this.at.y) * ratio };
      this.apply();
    }

    reveal(box) {
      const room = 40;
      const { x, y, scale } = this.at;
      const left = (box.x - box.width / 2) * scale + x;
      const right = (box.x + box.width / 2) * scale + x;
      const top = (box.y - box.height / 2) * scale + y;
      const bottom = (box.y + box.height / 2) * scale + y;
      const shift = (low, high, size) => low < room ? room - low : high > size - room ? size - room - high : 0;
      this.at.x += shift(left, right, this.svg.clientWidth);
      this.at.y += shift(top, bottom, this.svg.clientHeight);
      this.apply();
    }

    /** The nearest box in a direction, what lies aside counting twice. */
    move(dx, dy) {
      const from = this.boxes.get(this.current);
      if (!from) {
        return;
      }
      let best = null;
      let least = Infinity;
      this.boxes.forEach(box => {
        const along = (box.x - from.x) * dx + (box.y - from.y) * dy;
        const aside = Math.abs((box.x - from.x) * dy) + Math.abs((box.y - from.y) * dx);
        const far = along + 2 * aside;
        if (along > 4 && far < least) {
          least = far;
          best = box;
        }
      });
      if (best) {
        this.choose(best.id);
      }
    }

    listen() {
      const pointers = new Map();
      let moved = 0;
      this.svg.addEventListener("focus", () => this.choose(this.current, false));
      this.svg.addEventListener("pointerdown", event => {
        pointers.set(event.pointerId, event);
        moved = 0;
      });
      this.svg.addEventListener("pointermove", event => {
        const last = pointers.get(event.pointerId);
        if (!last) {
          return;
        }
        if (pointers.size === 2) {
          const [other] = [...pointers.values()].filter(one => one.pointerId !== event.pointerId);
          const gap = one => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
          const frame = this.svg.getBoundingClientRect();
          this.zoom(gap(event) / Math.max(1, gap(last)), (event.clientX + other.clientX) / 2 - frame.left,
              (event.clientY + other.clientY) / 2 - frame.top);
        } else {
          this.at.x += event.clientX - last.clientX;
          this.at.y += event.clientY - last.clientY;
          this.apply();
        }
        moved += Math.abs(event.clientX - last.clientX) + Math.abs(event.clientY - last.clientY);
        if (moved > 4 && !this.svg.hasPointerCapture(event.pointerId)) {
          this.svg.setPointerCapture(event.pointerId);
          this.svg.classList.add("dragging");
        }
        pointers.set(event.pointerId, event);
      });
      const end = event => {
        pointers.delete(event.pointerId);
        this.svg.classList.remove("dragging");
      };
      this.svg.addEventListener("pointerup", end);
      this.svg.addEventListener("pointercancel", end);
      this.svg.addEventListener("click", event => {
        const group = event.target.closest?.(".node");
        if (group && moved <= 4) {
          const box = this.boxes.get(group.dataset.id);
          const more = event.target.closest(".more");
          if (more) {
            this.opened({ type: "fold", id: box.id, open: more.dataset.open });
          } else if (box.type === "fold") {
            this.opened(box);
          } else {
            this.choose(box.id);
          }
        }
      });
      this.svg.addEventListener("dblclick", event => {
        const group = event.target.closest?.(".node.version");
        if (group) {
          this.opened(this.boxes.get(group.dataset.id));
        }
      });
      this.svg.addEventListener("wheel", event => {
        event.preventDefault();
        const frame = this.svg.getBoundingClientRect();
        this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), event.clientX - frame.left,
            event.clientY - frame.top);
      }, { passive: false });
    }
  }

  window.mgit.graph.View = View;
}
