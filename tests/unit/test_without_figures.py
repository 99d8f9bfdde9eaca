import numpy as np
import pytest

from cnnlab import atlas, plots


def rows(recipe, n=5):
    found = atlas.load().query(
        "role == 'result' and tuned and dataset == 'animals9' and train_size == 1500 and label_noise == 0"
        " and stop == 'equal steps' and kernels == '8-16' and neurons == 256 and regulariser == @recipe"
    )
    return found.query("seed < @n")


def test_recipes_show_every_seed_and_only_the_levels_that_the_axis_holds():
    series = {"none": rows("none"), "dropout": rows("dropout 0.5")}
    fig = plots.recipes(series, levels={"copying": 0.6, "one class": 0.1}, alt="Two recipes.", lowest=0.5)
    (ax,) = fig.axes
    assert [len(dots.get_offsets()) for dots in ax.collections] == [5, 5]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["none", "dropout"]
    assert [text.get_text() for text in ax.texts] == ["copying"]
    assert fig.svg()


def test_one_seed_has_no_interval():
    with pytest.raises(ValueError, match="two"):
        plots.recipes({"none": rows("none", n=1)}, levels={}, alt="One network.")


def test_the_window_slides_from_one_end_of_the_strip_to_the_other():
    strip, said = np.zeros((4, 12)), np.full((2, 5), 0.5)
    ends = [
        plots.slid(strip, said, ["a", "b"], place, side=4).axes[0].lines[0].get_xdata() for place in (0, 4)
    ]
    assert [(x.min(), x.max()) for x in ends] == [(0, 4), (8, 12)]


def test_activation_maps_share_their_colours_and_fill_the_image():
    maps = {"trained": [[-1.0, 2.0], [0.0, 0.5]], "control": [[0.0, 0.1], [0.1, 0.0]]}
    fig = plots.activation_maps(np.eye(8), maps, limit=2, title="cat")
    drawn = [ax.images[0] for ax in fig.axes[1:3]]
    assert [image.get_clim() for image in drawn] == [(-2, 2)] * 2
    assert [tuple(image.get_extent()) for image in drawn] == [(0, 8, 8, 0)] * 2
    assert "trained from −1 to 2" in fig.alt
