"""The diagram as SVG text of our own, light or dark as the page around it or the reader's screen.

Where things stand is the layout's matter.

Several may stand in one page: every class begins with gn-, every rule with the class of the
diagram, and nothing has an id.
"""

from html import escape
from itertools import count

from glassnet.pages.theme import themed
from glassnet.plots.network.shapes import Diagram, Disc, Stroke, Text, baseline

LIGHT = {
    "page": "#ffffff",
    "text": "#1f2937",
    "quiet": "#5b6675",
    "node": "#f8fafc",
    "rim": "#334155",
    "bias": "#fef3c7",
    "bias_rim": "#92400e",
    "plus": "#dc2626",
    "minus": "#2563eb",
}
DARK = {
    "page": "#0f172a",
    "text": "#e2e8f0",
    "quiet": "#a3b1c4",
    "node": "#1e293b",
    "rim": "#cbd5e1",
    "bias": "#422006",
    "bias_rim": "#fbbf24",
    "plus": "#f87171",
    "minus": "#60a5fa",
}
DASHES = (7, 3)
"""Pixels of the dashes and gaps of a negative weight, whose colour alone must not say its sign.

The colours are those of all our maps: red above 0, blue below.
"""
HALO = 5  # pixels of the page's colour around a number
TEXT_STYLE = (
    "font-family:'DejaVu Sans',Verdana,sans-serif;font-weight:400;font-style:normal;"
    "letter-spacing:0;text-transform:none;stroke:none"
)

HALO_STYLE = f"paint-order:stroke;stroke-width:{HALO}px;stroke-linejoin:round"

_FIXED = f"""
.gn-net{{max-width:100%;height:auto}}
.gn-net text{{{TEXT_STYLE}}}
.gn-net .gn-edge{{fill:none}}
.gn-net .gn-minus{{stroke-dasharray:{DASHES[0]} {DASHES[1]}}}
.gn-net .gn-disc circle{{stroke-width:1.5}}
.gn-net .gn-number,.gn-net .gn-quiet{{{HALO_STYLE}}}
.gn-net:has(.gn-disc:hover) .gn-weight{{opacity:.07}}
.gn-net .gn-weight:hover{{opacity:1}}
.gn-net .gn-disc:hover circle{{stroke-width:3}}
"""
_COLOURED = """
& .gn-page{{fill:{page}}}
& text{{fill:{text}}}
& .gn-quiet{{fill:{quiet}}}
& .gn-number,& .gn-quiet{{stroke:{page}}}
& circle{{fill:{node};stroke:{rim}}}
& .gn-bias circle{{fill:{bias};stroke:{bias_rim}}}
& .gn-plus{{stroke:{plus}}}
& .gn-minus{{stroke:{minus}}}
"""


def svg_text(diagram: Diagram) -> str:
    """The diagram as one SVG document, which may also stand inside an HTML page."""
    width, height = f"{diagram.width:.0f}", f"{diagram.height:.0f}"
    name = escape(diagram.title)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    root = 'xmlns="http://www.w3.org/2000/svg" class="gn-net" role="img"'
    parts = [
        f'<svg {root} aria-label="{name}" {size}>',
        f"<title>{name}</title>",
        f"<desc>{escape(diagram.description)}</desc>",
        f"<style>{escape(_style(len(diagram.discs)), quote=False)}</style>",
        '<rect class="gn-page" width="100%" height="100%" rx="8"/>',
        *map(_stroke_element, diagram.strokes),
        *map(_text_element, diagram.texts),
        *map(_disc_element, count(), diagram.discs),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _style(discs: int) -> str:
    """The rules: light or dark, and that pointing at a node lights up its edges."""
    hover = (f".gn-net:has(.gn-n{i}:hover) .gn-e{i}{{opacity:1}}" for i in range(discs))
    light, dark = (_COLOURED.format(**colours).strip() for colours in (LIGHT, DARK))
    return "\n".join([_FIXED.rstrip(), *hover, themed(".gn-net", light, dark)])


def _stroke_element(stroke: Stroke) -> str:
    sign = "minus" if stroke.strength < 0 else "plus"
    path = f"M{stroke.x1:.1f} {stroke.y1:.1f}L{stroke.x2:.1f} {stroke.y2:.1f}"
    return (
        f'<path class="gn-edge gn-{sign}{_edge_classes(stroke.ends)}" '
        f'stroke-width="{stroke.width:.2f}" opacity="{stroke.opacity:.2f}" '
        f'd="{path}">{_title_element(stroke.tooltip)}</path>'
    )


def _text_element(text: Text) -> str:
    return (
        f'<text class="gn-{text.kind}{_edge_classes(text.ends)}" text-anchor="{text.anchor}" '
        f'style="font-size:{text.size:g}px" x="{text.x:.1f}" y="{text.y:.1f}">'
        f"{escape(text.content)}{_title_element(text.tooltip)}</text>"
    )


def _disc_element(number: int, disc: Disc) -> str:
    y = baseline(disc.y, disc.size)
    return (
        f'<g class="gn-disc gn-{disc.kind} gn-n{number}">{_title_element(disc.tooltip)}'
        f'<circle cx="{disc.x:.1f}" cy="{disc.y:.1f}" r="{disc.radius}"/>'
        f'<text text-anchor="middle" style="font-size:{disc.size:.1f}px" '
        f'x="{disc.x:.1f}" y="{y:.1f}">{escape(disc.label)}</text></g>'
    )


def _edge_classes(ends: tuple[int, ...]) -> str:
    """The classes of what lights up when one of these nodes is pointed at."""
    if not ends:
        return ""
    return " gn-weight" + "".join(f" gn-e{end}" for end in ends)


def _title_element(tooltip: str) -> str:
    """What a reader sees who points at it."""
    return f"<title>{escape(tooltip)}</title>" if tooltip else ""
