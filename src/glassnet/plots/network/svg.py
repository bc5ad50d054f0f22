"""The picture as SVG text of our own, light or dark as the reader's screen is. Where things stand is the layout's matter.

Several may stand in one page: every class begins with gn-, every rule with the class of the picture, and nothing has an id.
"""

from html import escape
from itertools import count

from glassnet.plots.network.shapes import Disc, Line, Picture, Text, baseline

LIGHT = {
    "page": "#ffffff", "text": "#1f2937", "quiet": "#5b6675", "node": "#f8fafc", "rim": "#334155", "bias": "#fef3c7",
    "bias_rim": "#92400e", "plus": "#dc2626", "minus": "#2563eb",
}  # fmt: skip
DARK = {
    "page": "#0f172a", "text": "#e2e8f0", "quiet": "#a3b1c4", "node": "#1e293b", "rim": "#cbd5e1", "bias": "#422006",
    "bias_rim": "#fbbf24", "plus": "#f87171", "minus": "#60a5fa",
}  # fmt: skip
DASHES = (
    7,
    3,
)  # of a negative weight: its sign is not told by colour alone, which is that of all our maps, red above 0 and blue below
HALO = 5
FONT = "'DejaVu Sans',Verdana,sans-serif"

_FIXED = f"""
.gn-net{{max-width:100%;height:auto}}
.gn-net text{{font-family:{FONT};font-weight:400;font-style:normal;letter-spacing:0;text-transform:none;stroke:none}}
.gn-net .gn-edge{{fill:none}}
.gn-net .gn-minus{{stroke-dasharray:{DASHES[0]} {DASHES[1]}}}
.gn-net .gn-disc circle{{stroke-width:1.5}}
.gn-net .gn-number,.gn-net .gn-quiet{{paint-order:stroke;stroke-width:{HALO}px;stroke-linejoin:round}}
.gn-net:has(.gn-disc:hover) .gn-weight{{opacity:.07}}
.gn-net .gn-weight:hover{{opacity:1}}
.gn-net .gn-disc:hover circle{{stroke-width:3}}
"""
_COLOURED = """
.gn-net .gn-page{{fill:{page}}}
.gn-net text{{fill:{text}}}
.gn-net .gn-quiet{{fill:{quiet}}}
.gn-net .gn-number,.gn-net .gn-quiet{{stroke:{page}}}
.gn-net circle{{fill:{node};stroke:{rim}}}
.gn-net .gn-bias circle{{fill:{bias};stroke:{bias_rim}}}
.gn-net .gn-plus{{stroke:{plus}}}
.gn-net .gn-minus{{stroke:{minus}}}
"""


def svg_text(picture: Picture) -> str:
    """The picture as one SVG document, which may also stand inside an HTML page."""
    width, height, name = f"{picture.width:.0f}", f"{picture.height:.0f}", escape(picture.title)
    parts = [
        f"<title>{name}</title>",
        f"<desc>{escape(picture.description)}</desc>",
        f"<style>{_style(len(picture.discs))}</style>",
        '<rect class="gn-page" width="100%" height="100%" rx="8"/>',
        *map(_line, picture.lines),
        *map(_text, picture.texts),
        *map(_disc, count(), picture.discs),
    ]
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    root = f'<svg xmlns="http://www.w3.org/2000/svg" class="gn-net" role="img" aria-label="{name}" {size}>'
    return "\n".join([root, *parts, "</svg>\n"])


def _style(discs: int) -> str:
    """The rules: the reader's light or dark, and for every node that pointing at it lights up its edges."""
    hover = (f".gn-net:has(.gn-n{i}:hover) .gn-e{i}{{opacity:1}}" for i in range(discs))
    dark = f"@media screen and (prefers-color-scheme:dark){{{_COLOURED.format(**DARK)}}}"
    return "\n".join([_FIXED.rstrip(), *hover, _COLOURED.format(**LIGHT).strip(), dark, ""])


def _line(line: Line) -> str:
    sign = "minus" if line.share < 0 else "plus"
    return (
        f'<path class="gn-edge gn-{sign}{_joining(line.ends)}" stroke-width="{line.width:.2f}" opacity="{line.opacity:.2f}" '
        f'd="M{line.x1:.1f} {line.y1:.1f}L{line.x2:.1f} {line.y2:.1f}">{_told(line.about)}</path>'
    )


def _text(text: Text) -> str:
    return (
        f'<text class="gn-{text.kind}{_joining(text.ends)}" text-anchor="{text.anchor}" style="font-size:{text.size:g}px" '
        f'x="{text.x:.1f}" y="{text.y:.1f}">{escape(text.words)}{_told(text.about)}</text>'
    )


def _disc(number: int, disc: Disc) -> str:
    return (
        f'<g class="gn-disc gn-{disc.kind} gn-n{number}">{_told(disc.about)}'
        f'<circle cx="{disc.x:.1f}" cy="{disc.y:.1f}" r="{disc.radius}"/>'
        f'<text text-anchor="middle" style="font-size:{disc.size:.1f}px" x="{disc.x:.1f}" y="{baseline(disc.y, disc.size):.1f}">'
        f"{escape(disc.label)}</text></g>"
    )


def _joining(ends: tuple[int, ...]) -> str:
    """The classes of what lights up when one of these nodes is pointed at."""
    return "".join([" gn-weight" * bool(ends), *(f" gn-e{end}" for end in ends)])


def _told(about: str) -> str:
    """What is shown to a reader who points at it."""
    return f"<title>{escape(about)}</title>" if about else ""
