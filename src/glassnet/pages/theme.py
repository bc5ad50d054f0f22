"""Light or dark: the one rule for every page, diagram and embedded picture of ours.

Where the page around has a switch of its own (these docs, Jupyter, VS Code, Colab), that decides;
elsewhere the reader's system does. Paper is light. The colours stand with what they colour.
Charts are inverted in the dark; maps, whose colours are numbers, keep theirs on a white card.
"""

LIGHT_PAGE = (
    ':is([data-theme="light"], [data-jp-theme-light="true"], '
    '.vscode-light, .vscode-high-contrast-light, [theme="light"])'
)
"""What a page, or what is around a part of it, looks like whose own switch is on light."""
DARK_PAGE = (
    ':is([data-theme="dark"], [data-jp-theme-light="false"], '
    '.vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light), [theme="dark"])'
)


def themed(root: str, light: str, dark: str) -> str:
    """Style rules of which those for light or those for dark hold.

    Parameters
    ----------
    root : str
        The selector of what is coloured.
    light, dark : str
        Rules whose selectors name it by ``&``, as in CSS nesting. Those for light are written
        without nesting, for programs that read an SVG and know no more than that.
    """
    by_system = f"{root}:not({LIGHT_PAGE} *){{{dark}}}"
    by_page = f"{DARK_PAGE} {root}{{{dark}}}"
    return (
        f"{light.replace('&', root)}\n"
        f"@media screen and (prefers-color-scheme:dark){{{by_system}}}\n"
        f"@media screen{{{by_page}}}\n"
    )


def rules(colours: dict[str, str], scheme: str, chart: str) -> str:
    """The rule that sets a page's colours as variables, its scheme, and what becomes of a chart."""
    variables = "".join(f"--{name}:{colour};" for name, colour in colours.items())
    return f"&{{color-scheme:{scheme};{variables}--chart:{chart}}}"


LIGHT_COLOURS = {
    "page": "#ffffff",
    "ink": "#1f2937",
    "quiet": "#5b6472",
    "line": "#d8dee6",
    "soft": "#f4f6f9",
    "accent": "#1d4ed8",
    "lit": "#fde68a",
    "plus": "#dc2626",
    "minus": "#2563eb",
}
DARK_COLOURS = {
    "page": "#0f172a",
    "ink": "#e2e8f0",
    "quiet": "#a3adbd",
    "line": "#334155",
    "soft": "#1a2438",
    "accent": "#93c5fd",
    "lit": "#854d0e",
    "plus": "#f87171",
    "minus": "#60a5fa",
}
PAGE_COLOURS = themed(
    ".gn",
    rules(LIGHT_COLOURS, "light", "none"),
    rules(DARK_COLOURS, "dark", "invert(.93) hue-rotate(180deg)"),
)
"""The variables of `page.css` and of the style sheets that go with it."""
