"""What the command says about versions, as values that also show themselves in a notebook."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any, Dict, List, Sequence, Tuple

METRICS = "Metrics"  # the trailer, an object on one line


@dataclass(frozen=True)
class Parent:
    """An edge to a version that this one was derived from."""

    id: str
    model: str
    kind: str


@dataclass(frozen=True)
class Version:
    id: str
    model: str
    message: str
    parents: Tuple[Parent, ...]
    trailers: Dict[str, str]
    author: str
    when: datetime
    # What was in the folder and is not in the version, training state for one. Not known of versions in a log.
    ignored: Tuple[str, ...] = field(default=(), compare=False)

    @property
    def metrics(self) -> Dict[str, float]:
        """What commit(metrics=...) recorded."""
        return dict(json.loads(self.trailers.get(METRICS, "{}")))

    @staticmethod
    def of(fields: Dict[str, Any]) -> "Version":
        parents = tuple(Parent(edge["id"], edge["model"], edge["kind"]) for edge in fields["from"])
        when = datetime.fromisoformat(fields["when"].replace("Z", "+00:00"))
        words = (fields[name] for name in ("id", "model", "message"))
        ignored = tuple(fields.get("ignored", ()))
        return Version(*words, parents, fields["trailers"], fields["author"], when, ignored)


class Log(List[Version]):
    """Versions, newest first."""

    def _repr_html_(self) -> str:
        rows = [
            (
                version.id[:10],
                version.model,
                ", ".join(f"{parent.kind} of {parent.model}" for parent in version.parents),
                ", ".join(f"{name} {value:g}" for name, value in version.metrics.items()),
                version.message.split("\n", 1)[0],
                f"{version.when:%Y-%m-%d %H:%M}",
            )
            for version in self
        ]
        return table(("version", "model", "derived", "metrics", "message", "when"), rows)


class Diff(Dict[str, Any]):
    """The object that 'mgit diff --json' prints."""

    @property
    def differs(self) -> bool:
        return bool(self["differs"])

    @property
    def reading(self) -> str:
        """The change in one line: "fine-tuned: ..."."""
        return str(self.get("reading", ""))

    def _repr_html_(self) -> str:
        rows = []
        for layer in self.get("layers", []):
            numbers = layer.get("numbers", {})
            share, l2 = numbers.get("changedShare"), numbers.get("relativeL2")
            rows.append(
                (
                    layer.get("b") or layer.get("a") or "",
                    layer["change"],
                    str(layer["tensors"]),
                    "" if share is None else f"{share:.1%}",
                    "" if l2 is None else f"{l2:.3g}",
                )
            )
        heading = f"<p><b>{escape(self['a'])} → {escape(self['b'])}</b>: {escape(self.reading)}</p>"
        return heading + table(("layer", "change", "tensors", "changed", "relative L2"), rows)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
