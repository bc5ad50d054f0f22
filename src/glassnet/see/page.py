"""The shell of every page of ours: one file without outside resources, for light and dark, wide and narrow screens, and for paper."""

from html import escape

STYLE = """
:root { color-scheme: light dark; }
.gn { --page: #ffffff; --ink: #1f2937; --quiet: #5b6472; --line: #d8dee6; --soft: #f4f6f9; --accent: #1d4ed8; --lit: #fde68a;
  color: var(--ink); background: var(--page); font: 15px/1.55 system-ui, "DejaVu Sans", Verdana, sans-serif; overflow-wrap: break-word; }
@media (prefers-color-scheme: dark) {
  .gn { --page: #0f172a; --ink: #e2e8f0; --quiet: #a3adbd; --line: #334155; --soft: #1a2438; --accent: #93c5fd; --lit: #854d0e; } }
body.gn { margin: 0 auto; max-width: 68rem; padding: 1.2rem; }
.gn h1 { font-size: 1.5rem; line-height: 1.25; } .gn h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; } .gn h3 { font-size: 1.02rem; margin: 1.2rem 0 .3rem; }
.gn a { color: var(--accent); } .gn .quiet { color: var(--quiet); }
.gn :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.gn table { border-collapse: collapse; font-variant-numeric: tabular-nums; } .gn .wide { overflow-x: auto; max-width: 100%; }
.gn th, .gn td { padding: .22rem .7rem .22rem 0; text-align: left; vertical-align: top; } .gn th { color: var(--quiet); font-weight: 600; }
.gn tbody tr { border-top: 1px solid var(--line); } .gn td.number, .gn th.number { text-align: right; }
.gn summary { cursor: pointer; } .gn svg, .gn img { max-width: 100%; height: auto; }
.gn code, .gn pre { font: 13px/1.5 "DejaVu Sans Mono", ui-monospace, Menlo, Consolas, monospace; } .gn pre { overflow-x: auto; background: var(--soft); padding: .6rem; }
@media print { body.gn { max-width: none; padding: 0; } .gn { --page: #ffffff; --ink: #000000; --quiet: #444444; --soft: #f4f6f9; --accent: #1d4ed8; }
  .gn h2, .gn h3 { break-after: avoid; } .gn figure, .gn tr { break-inside: avoid; } }
"""


def page(title: str, body: str, style: str = "", script: str = "") -> str:
    """A whole HTML document; `body`, `style` and `script` go in as they are."""
    scripts = f"<script>{script}</script>" if script else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}{style}</style>\n</head>\n"
        f'<body class="gn">\n{body}\n{scripts}</body>\n</html>\n'
    )
