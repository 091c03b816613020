"""The one style sheet of all that is drawn: light and dark, JupyterLab's colours first, nothing outside its prefix.

The prefix stands twice where a notebook has rules of its own for tables and code, which would win otherwise.

A notebook's own variables come first; where there are none, the light or dark values below, by what the notebook
says of its theme and else by what the system prefers.
"""

from __future__ import annotations

_LIGHT = {
    "ink": "#1f2328", "soft": "#59636e", "line": "#d1d9e0", "back": "#ffffff", "shade": "#f6f8fa",
    "good": "#1a7f37", "busy": "#0969da", "wait": "#9a6700", "bad": "#cf222e", "over": "#59636e",
    "goodback": "#dafbe1", "busyback": "#ddf4ff", "waitback": "#fff8c5", "badback": "#ffebe9", "overback": "#eff2f5",
}  # fmt: skip
_DARK = {
    "ink": "#e6edf3", "soft": "#9198a1", "line": "#3d444d", "back": "#0d1117", "shade": "#151b23",
    "good": "#3fb950", "busy": "#58a6ff", "wait": "#d29922", "bad": "#f85149", "over": "#9198a1",
    "goodback": "#12261e", "busyback": "#0c2239", "waitback": "#2a2211", "badback": "#2d1417", "overback": "#212830",
}  # fmt: skip
_DARK_PLACES = (
    '[data-jp-theme-light="false"] .axme',
    ".vscode-dark .axme",
    'html[theme="dark"] .axme',
    'html[data-theme="dark"] .axme',
)
_LIGHT_PLACES = (
    '[data-jp-theme-light="true"] .axme',
    ".vscode-light .axme",
    'html[theme="light"] .axme',
    'html[data-theme="light"] .axme',
)
_NOTEBOOK = {
    "ink": "--jp-content-font-color1",
    "soft": "--jp-content-font-color2",
    "line": "--jp-border-color2",
    "back": "--jp-layout-color0",
    "shade": "--jp-layout-color1",
}
_TONES = ("good", "busy", "wait", "bad", "over")
_SHAPES = """
.axme{display:block;max-width:100%;color:var(--ax-ink);font:13px/1.5 var(--jp-ui-font-family,system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue",sans-serif);text-align:left}
.axme *{box-sizing:border-box}
.axme-card{display:inline-block;min-width:min(26em,100%);max-width:min(64em,100%);margin:4px 0;background:
var(--ax-back);border:1px solid var(--ax-line);border-radius:8px;overflow:hidden;vertical-align:top}
.axme-wide{max-width:100%}
.axme-head{display:flex;flex-wrap:wrap;align-items:center;gap:4px 10px;padding:7px 12px;background:var(--ax-shade);
border-bottom:1px solid var(--ax-line)}
.axme-kind{font-weight:600}
.axme-id{color:var(--ax-soft);font-family:var(--jp-code-font-family,ui-monospace,SFMono-Regular,Menlo,monospace);
font-size:12px;overflow-wrap:anywhere}
.axme-grow{flex:1 1 auto}
.axme-body{padding:6px 12px 8px;overflow-x:auto}
.axme-note{color:var(--ax-soft);font-size:12px}
.axme-pill{display:inline-block;padding:0 8px;border-radius:9px;font-size:11.5px;font-weight:600;line-height:18px;
white-space:nowrap;background:var(--ax-overback);color:var(--ax-over)}
.axme-none{color:var(--ax-soft)}
.axme.axme code{font-family:var(--jp-code-font-family,ui-monospace,SFMono-Regular,Menlo,monospace);
font-size:12px;background:none;color:inherit;padding:0;overflow-wrap:anywhere}
.axme.axme table{border-collapse:collapse;border:0;margin:0;font-size:13px;color:inherit;background:transparent;
table-layout:auto;font-variant-numeric:tabular-nums}
.axme.axme table tr,.axme.axme table tbody tr:nth-child(odd),
.axme.axme table tbody tr:nth-child(even){background:transparent}
.axme.axme table th,.axme.axme table td{border:0;padding:2px 0;text-align:left;vertical-align:top;white-space:normal;
max-width:none}
.axme.axme .axme-facts>tbody>tr>th{color:var(--ax-soft);font-weight:400;padding-right:18px;white-space:nowrap}
.axme.axme .axme-facts>tbody>tr>td{overflow-wrap:anywhere}
.axme.axme .axme-grid>thead>tr>th{position:sticky;top:0;background:var(--ax-back);font-weight:600;white-space:nowrap;
padding:4px 18px 4px 0;border-bottom:1px solid var(--ax-line)}
.axme.axme .axme-grid>tbody>tr>td{padding:3px 18px 3px 0;border-bottom:1px solid var(--ax-line);white-space:nowrap}
.axme.axme .axme-grid>tbody>tr:last-child>td{border-bottom:0}
.axme.axme .axme-grid>tbody>tr:hover>td{background:var(--ax-shade)}
.axme.axme .axme-grid>thead>tr>th:last-child,.axme.axme .axme-grid>tbody>tr>td:last-child{padding-right:0}
.axme.axme .axme-grid .axme-right{text-align:right}
.axme-scroll{max-height:32em;overflow:auto}
.axme svg{display:block;max-width:100%;height:auto}
"""


def style() -> str:
    """The style sheet, ready to stand in front of a card."""
    own = _variables(_LIGHT)
    dark = _variables(_DARK)
    pills = "".join(
        f".axme-pill.axme-{tone}{{background:var(--ax-{tone}back);color:var(--ax-{tone})}}" for tone in _TONES
    )
    return (
        f"<style>.axme{{{own}}}@media (prefers-color-scheme:dark){{.axme{{{dark}}}}}"
        f"{','.join(_DARK_PLACES)}{{{dark}}}{','.join(_LIGHT_PLACES)}{{{own}}}"
        f"{_SHAPES.strip()}{pills}</style>"
    ).replace("\n", "")


def _variables(colors: dict[str, str]) -> str:
    return "".join(
        f"--ax-{name}:{f'var({_NOTEBOOK[name]},{color})' if name in _NOTEBOOK else color};"
        for name, color in colors.items()
    )
