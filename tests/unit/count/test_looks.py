"""How a table looks: as text, and as an accessible table in a notebook."""

import pandas
import pytest
import torch
from bs4 import BeautifulSoup
from torch import nn

from cnnlab.count import layer_table
from cnnlab.nets import small_cnn, vgg16


@pytest.fixture(scope="module")
def vgg():
    with torch.device("meta"):
        return layer_table(vgg16(), (3, 224, 224))


def soup(table):
    return BeautifulSoup(table._repr_html_(), "lxml")


def test_as_text():
    lines = str(layer_table(small_cnn(kernels=(4,), fc=0), (1, 28, 28))).splitlines()
    assert lines[0] == (
        "2,395 parameters (9.4 KiB); for one image of 1×28×28 (float32): 30,576 MACs, 27.6 KiB of activations"
    )
    assert lines[2:8] == [
        "Layer       Kind       Output   Parameters    MACs  Activation bytes",
        "-" * 68,
        "conv1       Conv2d     4×28×28          40  28,224            12,544",
        "conv1_relu  ReLU       4×28×28           0       0            12,544",
        "conv1_pool  MaxPool2d  4×14×14           0       0             3,136",
        "flatten     Flatten    784               0       0                 0",
    ]
    assert lines[-1] == "Total                                2,395  30,576            28,236"


def test_a_note_stands_beside_its_row():
    shared = nn.ReLU()
    table = layer_table(nn.Sequential(nn.Linear(3, 3), shared, nn.Linear(3, 3), shared), (3,))
    assert [line for line in str(table).splitlines() if line.endswith("  called 2 times")]
    (note,) = soup(table).find_all("small")
    assert note.text == "called 2 times"
    assert note.find_parent("th").text.startswith("1")


def test_a_screen_reader_finds_its_way(vgg):
    page = soup(vgg)
    table = page.find("table")
    assert table.caption.text.startswith("138,357,544 parameters (527.8 MiB)")
    assert [th["scope"] for th in table.thead.find_all("th")] == ["col"] * 6
    for line in [*table.tbody.find_all("tr"), table.tfoot.tr]:
        name, *cells = line.find_all(["th", "td"])
        assert (name.name, name["scope"]) == ("th", "row")
        assert [cell.name for cell in cells] == ["td"] * 5
    # Where the table is wider than the page, the keyboard can scroll it.
    around = page.find("div", class_="cnnlab-layers")
    assert (around["tabindex"], around["role"], around["aria-label"]) == ("0", "group", table.caption.text)


def test_the_numbers_of_the_page_are_those_of_the_table(vgg):
    lines = soup(vgg).tbody.find_all("tr")
    for line, row in zip(lines, vgg, strict=True):
        _, kind, shape, *numbers = [cell.text for cell in line.find_all(["th", "td"])]
        assert (kind, shape) == (row.kind, "×".join(map(str, row.output_shape)))
        assert [int(n.replace(",", "")) for n in numbers] == [row.params, row.macs, row.activation_bytes]
    total = [cell.text for cell in soup(vgg).tfoot.find_all("td")][2:]
    assert total == ["138,357,544", "15,470,264,320", "114,571,168"]


def test_bars_are_shares_of_a_column(vgg):
    (row,) = [row for row in soup(vgg).tbody.find_all("tr") if row.th.text == "fc1"]
    shares = [cell.get("style") for cell in row.find_all("td", class_="n")]
    assert shares == ["--share:74.3%", "--share:0.7%", "--share:0.0%"]


def test_names_are_text_not_html():
    model = nn.Sequential()
    model.add_module("<b>", nn.Linear(2, 2))
    assert soup(layer_table(model, (2,))).find("b") is None


def test_a_model_that_costs_nothing():
    table = layer_table(nn.Flatten(), (2, 2))
    assert str(table).startswith("0 parameters (0 bytes); for one image of 2×2 (float32): 0 MACs, 0 bytes of")
    assert soup(table).find("td", style=True) is None


def test_rows_make_a_data_frame(vgg):
    frame = pandas.DataFrame(vgg.rows)
    assert frame.loc[frame.kind == "Conv2d", "params"].sum() == 14_714_688
    assert list(frame.columns[:6]) == ["name", "kind", "output_shape", "params", "macs", "activation_bytes"]
