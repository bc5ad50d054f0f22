"""The diagram as SVG text of our own, light or dark as the page around it or the reader's screen.

Where things stand is the layout's matter.

Several may stand in one page: every class begins with gn-, every rule with the class of the
diagram, and nothing has an id.
"""

from html import escape
from itertools import count

from glassnet.pages.theme import themed
from glassnet.plots.network.shapes import Box, Diagram, Disc, Stroke, Text, baseline

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
    "font-family:'DejaVu Sans',Verdana,Arial,Helvetica,sans-serif;font-weight:400;"
    "font-style:normal;letter-spacing:0;text-transform:none;stroke:none"
)
HALO_STYLE = f"stroke-width:{HALO}px;stroke-linejoin:round"
HIT_WIDTH = 10  # pixels around an edge in which the pointer finds it

_FIXED = f"""
.gn-net{{max-width:100%}}
.gn-net:not(:root){{height:auto}}
.gn-net text{{{TEXT_STYLE}}}
.gn-net .gn-edge,.gn-net .gn-hit{{fill:none}}
.gn-net .gn-hit{{stroke:#000;stroke-opacity:0;stroke-width:{HIT_WIDTH};pointer-events:stroke}}
.gn-net .gn-box{{stroke-width:1.5}}
.gn-net .gn-minus{{stroke-dasharray:{DASHES[0]} {DASHES[1]}}}
.gn-net .gn-disc circle{{stroke-width:1.5}}
.gn-net .gn-halo{{{HALO_STYLE}}}
.gn-net:has(.gn-disc:hover) .gn-weight{{opacity:.07}}
.gn-net .gn-weight:hover{{opacity:1}}
.gn-net .gn-disc:hover circle{{stroke-width:3}}
"""
_COLOURED = """
& .gn-page{{fill:{page}}}
& text{{fill:{text}}}
& .gn-quiet{{fill:{quiet}}}
& .gn-halo{{fill:{page};stroke:{page}}}
& circle{{fill:{node};stroke:{rim}}}
& .gn-box{{fill:{node};stroke:{rim}}}
& .gn-bias circle{{fill:{bias};stroke:{bias_rim}}}
& .gn-plus{{stroke:{plus}}}
& .gn-minus{{stroke:{minus}}}
& .gn-zero{{stroke:{quiet}}}
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
        *map(_box_element, diagram.boxes),
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
    """The edge, and where there is something to say of it a wide line that the pointer finds."""
    path = f"M{stroke.x1:.1f} {stroke.y1:.1f}L{stroke.x2:.1f} {stroke.y2:.1f}"
    line = (
        f'<path class="gn-edge gn-{sign_class(stroke)}" '
        f'stroke-width="{stroke.width:.2f}" d="{path}"/>'
    )
    wide = f'<path class="gn-hit" d="{path}"/>' if stroke.tooltip else ""
    return (
        f'<g class="gn-stroke{_edge_classes(stroke.ends)}" opacity="{stroke.opacity:.2f}">'
        f"{_title_element(stroke.tooltip)}{wide}{line}</g>"
    )


def sign_class(stroke: Stroke) -> str:
    """Whether a stroke stands for more or less than 0, or for neither."""
    if not stroke.strength:
        return "zero"
    return "minus" if stroke.strength < 0 else "plus"


def _box_element(box: Box) -> str:
    size = f'width="{box.width:.1f}" height="{box.height:.1f}"'
    return f'<rect class="gn-box" x="{box.x:.1f}" y="{box.y:.1f}" {size} rx="6"/>'


def _text_element(text: Text) -> str:
    """A text; one that may lie on edges has itself in the page's colour and wider behind it.

    Not by paint-order, which not every program knows.
    """
    where = (
        f'text-anchor="{text.anchor}" style="font-size:{text.size:g}px" '
        f'x="{text.x:.1f}" y="{text.y:.1f}"'
    )
    content = escape(text.content)
    if text.kind == "name":
        return f'<text class="gn-name" {where}>{content}</text>'
    return (
        f'<g class="gn-lettering{_edge_classes(text.ends)}">{_title_element(text.tooltip)}'
        f'<text class="gn-halo" aria-hidden="true" {where}>{content}</text>'
        f'<text class="gn-{text.kind}" {where}>{content}</text></g>'
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
