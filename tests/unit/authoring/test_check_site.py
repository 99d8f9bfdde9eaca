"""Each fault of a built page is found and named with its page; a good page has none."""

import pytest

from authoring.check_site import faults

GOOD = """\
<html><head>
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
<svg aria-hidden="true"></svg><img src="data:image/gif;base64,AAAA" role="presentation">
<span aria-hidden="true"><img src="_static/a.png"></span>
</article></body></html>
"""

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
    (folder / "layers" / "two.html").write_text('<h1 id="part b">Two</h1>')
    (folder / "layers" / "index.html").write_text('<a href="../index.html">back</a>')
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


def test_an_empty_site_is_a_fault(tmp_path):
    assert faults(tmp_path) == [f"{tmp_path} has no pages"]
