"""Each fault of a built page is found and named with its page; a good page has none."""

import pytest

from authoring.check_site import SET_POLICY, faults

HEAD = f"<html><head><script>{SET_POLICY}</script>\n"
GOOD = (
    f"{HEAD}"
    """\
<link rel="stylesheet" href="_static/a.css"><link rel="canonical" href="https://published.example/index.html">
<style>p { background: url(data:image/png;base64,AAAA) }</style>
<script src="_static/a.js"></script><script>const text = ":::{note} {ref}`x`"</script>
</head><body><article>
<h1 id="top">A page<a class="headerlink" href="#top">#</a></h1>
<p>Words, <code>{ref}`label`</code>, {braces}, <span class="math">\\(y_{i}\\)</span>,
<a href="layers/two.html#part%20b">a page</a>, <a href="layers/">a folder</a>, <a href="#">up</a>,
<a href="https://elsewhere.example/x#y">elsewhere</a>, <a href="mailto:a@b.example">mail</a>.</p>
<div class="cell"><div class="cell_input"><pre>raise ValueError  # Traceback (most recent call last)
:::{note}</pre></div>
<div class="cell_output"><img src="_static/a.png" alt="A bird."><svg aria-label="A line."></svg></div></div>
<p id="it">{cls} <span class="math">\\({{x}}\\)</span></p><svg aria-labelledby="it"><a href="#it"></a></svg>
<img srcset="_static/a.png 1x, _static/a.png 2x" alt="A bird."><form action="layers/"></form>
<script type="application/json">{"url": "https://elsewhere.example", "x": 1e-3}</script>
<svg aria-hidden="true"></svg><img src="data:image/gif;base64,AAAA" role="presentation">
<span aria-hidden="true"><img src="_static/a.png"></span>
</article></body></html>
"""
)

FAULTS = {
    "traceback": (
        '<div class="cell"></div><div class="cell"><div class="cell_output"><pre>'
        "Traceback (most recent call last)\nZeroDivisionError: division by zero</pre></div></div>",
        "an error or a warning in the output of cell 3: ZeroDivisionError: division by zero",
    ),
    "coloured traceback": (
        '<div class="cell"><div class="cell_output"><div class="traceback">KeyError: 1</div></div></div>',
        "an error or a warning in the output of cell 2: KeyError: 1",
    ),
    "warning": (
        '<div class="cell"><div class="cell_output"><p class="stderr">UserWarning: x</p></div></div>',
        "an error or a warning in the output of cell 2: UserWarning: x",
    ),
    "no alt": ('<img src="_static/a.png">', "an image without alt text: "),
    "empty alt": ('<img src="_static/a.png" alt="">', "an image without alt text: "),
    "address as alt": ('<img src="_static/a.png" alt="_static/a.png">', "an image without alt text: "),
    "silent figure": ("<svg></svg>", "a figure without alt text: <svg></svg>"),
    "missing image": ('<img src="b.png" alt="A cat.">', "dead load: b.png"),
    "missing script": ('<script src="_static/b.js"></script>', "dead load: _static/b.js"),
    "missing style": ('<link rel="stylesheet" href="b.css">', "dead load: b.css"),
    "dead link": ('<a href="layers/three.html">x</a>', "dead link: layers/three.html"),
    "dead anchor": ('<a href="layers/two.html#part">x</a>', "dead anchor: layers/two.html#part"),
    "dead anchor here": ('<a href="#nowhere">x</a>', "dead anchor: #nowhere"),
    "out of the site": ('<a href="../../secret.html">x</a>', "dead link: ../../secret.html"),
    "script from a CDN": (
        '<script src="https://cdn.example/a.js"></script>',
        "loads from a third party: https://cdn.example/a.js",
    ),
    "whatever the scheme": ('<img src="//cdn.example/a.png" alt="A.">', "loads from a third party: //cdn"),
    "style from a CDN": ('<link rel="stylesheet" href="https://cdn.example/a">', "loads from a third party"),
    "hint for a CDN": ('<link rel="preconnect" href="https://cdn.example">', "loads from a third party: "),
    "import in a style": (
        '<style>@import "https://cdn.example/a.css";</style>',
        "a style loads from a third party: https://cdn.example/a.css",
    ),
    "font in an attribute": (
        """<p style="background: url('//cdn.example/a.png')">x</p>""",
        "a style loads from a third party: //cdn.example/a.png",
    ),
    **{
        f"{name} of a third party": (html, f"loads from a third party: {url}")
        for name, html, url in [
            ("picture's size", '<img alt="A." srcset="_static/a.png 1x,//c.dn/b.png 2x">', "//c.dn/b.png"),
            ("picture's source", '<source srcset="_static/a.png, https://c.dn/b 2x">', "https://c.dn/b"),
            ("hint for a picture", '<link imagesrcset="https://c.dn/a">', "https://c.dn/a"),
            ("poster", '<video poster="https://c.dn/a"></video>', "https://c.dn/a"),
            ("object", '<object data="https://c.dn/a"></object>', "https://c.dn/a"),
            ("form", '<form action="https://c.dn/a"></form>', "https://c.dn/a"),
            ("button", '<button formaction="https://c.dn/a">x</button>', "https://c.dn/a"),
            ("ping", '<a href="#top" ping="https://c.dn/a">x</a>', "https://c.dn/a"),
            ("background", '<p background="https://c.dn/a">x</p>', "https://c.dn/a"),
            ("manifest", '<link rel="manifest" href="https://c.dn/a">', "https://c.dn/a"),
            ("touch icon", '<link rel="apple-touch-icon" href="https://c.dn/a">', "https://c.dn/a"),
            ("upper case", '<img alt="A." src="HTTPS://c.dn/a">', "HTTPS://c.dn/a"),
            ("drawn image", '<svg aria-label="A."><image href="//c.dn/a"/></svg>', "//c.dn/a"),
            ("old drawn image", '<svg aria-label="A."><use xlink:href="//c.dn/a"/></svg>', "//c.dn/a"),
        ]
    },
    **{
        f"style with {name}": (f"<style>{css}</style>", f"a style loads {fault}")
        for name, css, fault in [
            ("upper case", "p { background: URL(HTTPS://c.dn/a) }", "from a third party: HTTPS://c.dn/a"),
            ("import", "@IMPORT '//c.dn/a'", "from a third party: //c.dn/a"),
            ("image-set", 'p { background: image-set("//c.dn/a" 1x) }', "from a third party: //c.dn/a"),
            ("dead file", "p { background: url('b.png?v=1#x') }", "what is not there: b.png"),
        ]
    },
    "dead link on a map": ('<map><area href="three.html" alt="A."></map>', "dead link: three.html"),
    "dead part of a drawing": ('<svg aria-label="A."><use href="#none"/></svg>', "dead anchor: #none"),
    "base": ('<base target="_top">', "base changes every address of a page"),
    "page in a page": ('<iframe srcdoc="x"></iframe>', "srcdoc hides a page in a page"),
    "refresh": ('<meta http-equiv="Refresh" content="0; URL=//c.dn">', "a page that sends its reader"),
    "alt of spaces": ('<img src="_static/a.png" alt=" ">', "an image without alt text: "),
    "label of spaces": ('<svg aria-label=" "></svg>', "a figure without alt text: "),
    "label that is nowhere": ('<svg aria-labelledby="top none"></svg>', "aria-labelledby names none, which"),
    "id twice": ('<p id="top">x</p>', "the id top stands 2 times"),
    "no JSON": (
        '<script type="application/vnd.jupyter.widget-state+json">{"x": NaN}</script>',
        "data for a script that is no JSON: NaN, which no browser reads",
    ),
    "raw role in a head": ("<table><tr><th>{ref}`x`</th></tr></table>", "raw markup in the text: {ref}`x`"),
    "raw role in a caption": ("<figcaption>{ref}`x`</figcaption>", "raw markup in the text: {ref}`x`"),
    "raw role in a summary": ("<summary>{ref}`x`</summary>", "raw markup in the text: {ref}`x`"),
    "raw role in a title": ('<div class="admonition-title">{ref}`x`</div>', "raw markup in the text: {ref}"),
    "raw class": ("<p>a{.cls}</p>", "raw markup in the text: {.cls}"),
    "raw substitution": ("<p>{{ x }}</p>", "raw markup in the text: {{ x }}"),
    "raw directive": ("<p>:::{note} Text</p>", "raw markup in the text: :::{note} Text"),
    "raw end": ("<p>:::</p>", "raw markup in the text: :::"),
    "raw role": ("<ul><li>see {ref}`x`</li></ul>", "raw markup in the text: {ref}`x`"),
    "raw role that became code": ("<p>{ref}<code>x</code></p>", "raw markup in the text: {ref}"),
    "raw label": ("<p>(a-label)=</p>", "raw markup in the text: (a-label)="),
}  # fmt: skip


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "a_static"  # the folder's own name does not matter
    for name in ("_static/a.css", "_static/a.js", "_static/a.png", "_static/page.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    (folder / "layers").mkdir()
    (folder / "layers" / "two.html").write_text(f'{HEAD}</head><h1 id="part b">Two</h1>')
    (folder / "layers" / "index.html").write_text(f'{HEAD}</head><a href="../index.html">back</a>')
    (folder / "front.html").write_text('<meta http-equiv="Refresh" content="0; url=index.html">')
    (folder / "index.html").write_text(GOOD)
    return folder


def test_a_good_site_has_no_faults(site, monkeypatch):
    assert faults(site) == []
    monkeypatch.chdir(site)
    assert faults(site.relative_to(site)) == []  # a relative path too


@pytest.mark.parametrize(("html", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_its_page(site, html, message):
    (site / "index.html").write_text(GOOD.replace("</article>", f"{html}</article>"))
    (fault,) = faults(site)
    assert fault.startswith(f"index.html: {message}")


def test_a_style_sheet_that_loads_from_a_cdn(site):
    (site / "_static" / "a.css").write_text("@font-face { src: url(https://cdn.example/a.woff2) }")
    assert faults(site) == ["_static/a.css: a style loads from a third party: https://cdn.example/a.woff2"]


@pytest.mark.parametrize(
    "head",
    [
        "<html><head>",
        '<html><head><meta http-equiv="refresh" content="0; url=layers/two.html">',
        HEAD.replace("'none'", "*"),
        HEAD.replace("<script", "<style></style><script"),
    ],
)
def test_a_page_without_the_policy_before_all_loads(site, head):
    (site / "index.html").write_text(GOOD.replace(HEAD, head))
    (fault,) = faults(site)
    assert fault.startswith("index.html: the policy against loads from elsewhere does not stand before")


def test_an_empty_site_is_a_fault(tmp_path):
    assert faults(tmp_path) == [f"{tmp_path} has no pages"]
