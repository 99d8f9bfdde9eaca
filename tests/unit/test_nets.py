"""The networks: totals as published, layer by layer, and outputs of the right shape."""

import pytest
import torch
from torch import nn

from cnnlab import count, nets
from cnnlab.nets._lenet5 import C3_SEES, STROKES, FixedRBF, PartialConv2d, ScaledTanh, Subsampling


def params(model):
    return sum(p.numel() for p in model.parameters())


def on_meta(make, *args, **kwargs):
    with torch.device("meta"):
        return make(*args, **kwargs)


@pytest.mark.parametrize(
    ("make", "image", "classes", "total"),
    [
        (nets.silhouette_net, (1, 28, 28), 3, 13_520_771),
        (lambda: nets.silhouette_net(widths=(512,)), (1, 28, 28), 3, 148_352 + 6_424_579),
        (lambda: nets.silhouette_net(widths=()), (1, 28, 28), 3, 148_352 + 37_635),
        (nets.small_cnn, (1, 28, 28), 3, 51_683),
        (lambda: nets.small_cnn(head="gap", dropout=0.3), (1, 28, 28), 3, 1_299),
        (nets.cifar_net, (3, 32, 32), 10, 545_098),
        (lambda: nets.cifar_net(padding="valid"), (3, 32, 32), 10, 315_722),
        (lambda: nets.cifar_net((64, 128), fc=256), (3, 32, 32), 10, 2_175_626),
        (lambda: nets.cifar_net((32, 64, 128), fc=256), (3, 32, 32), 10, 620_362),
        (lambda: nets.cifar_net((32, 64, 128), fc=256, pools=2), (3, 32, 32), 10, 2_193_226),
        (nets.lenet5, (1, 32, 32), 10, 61_706),
        (lambda: nets.lenet5("1998"), (1, 32, 32), 10, 60_000),
        (nets.alexnet, (3, 224, 224), 1000, 61_100_840),
        (lambda: nets.alexnet("paper"), (3, 224, 224), 1000, 60_965_224),
        (lambda: nets.alexnet("paper"), (3, 227, 227), 1000, 60_965_224),
        (lambda: nets.alexnet("ungrouped"), (3, 224, 224), 1000, 62_378_344),
        (nets.vgg16, (3, 224, 224), 1000, 138_357_544),
        (nets.resnet18, (3, 224, 224), 1000, 11_689_512),
    ],
)
def test_totals_are_the_published_ones_and_an_image_gives_a_number_for_each_class(
    make, image, classes, total
):
    model = on_meta(make)
    assert params(model) == total
    assert model(torch.empty(2, *image, device="meta")).shape == (2, classes)


def test_the_third_pooling_is_why_the_deeper_network_is_smaller():
    wide, deep = (
        on_meta(nets.cifar_net, kernels, fc=256).fc1.in_features for kernels in [(64, 128), (32, 64, 128)]
    )
    assert (wide, deep) == (8 * 8 * 128, 4 * 4 * 128)


def test_convolutions_of_the_papers_alexnet_are_its_table():
    # Krizhevsky and others (2012): 60,965,224 = 34,944 + 307,456 + 885,120 + 663,936 + 442,624 + the head.
    model = on_meta(nets.alexnet, "paper")
    convolutions = [params(layer) for layer in model if isinstance(layer, nn.Conv2d)]
    assert convolutions == [34_944, 307_456, 885_120, 663_936, 442_624]
    assert params(model.fc1) == 37_752_832


def test_with_gap_keeps_the_convolutions_and_has_one_small_linear_layer():
    model = nets.silhouette_net()
    compressed = nets.with_gap(model)
    assert compressed.conv2 is model.conv2
    assert params(compressed.fc1) == 771  # 256 maps, three classes
    assert compressed(torch.zeros(2, 1, 28, 28)).shape == (2, 3)
    x = torch.rand(2, 1, 28, 28)
    averages = model[:6](x).mean((2, 3))  # (2, 256)
    torch.testing.assert_close(compressed(x), compressed.fc1(averages))


def test_a_network_of_meta_tensors_needs_no_memory():
    assert all(p.is_meta for form in ("modern", "1998") for p in on_meta(nets.lenet5, form).parameters())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nets.cifar_net(padding=1), 'padding is 1; choose "same" or "valid"'),
        (lambda: nets.cifar_net([4] * 6), "does not fit into 1 "),
        (lambda: nets.lenet5("original"), 'form is \'original\'; choose "modern" or "1998"'),
        (lambda: nets.alexnet("grouped"), "form is 'grouped'; choose \"torchvision\""),
        (lambda: nets.with_gap(nn.Sequential(nn.Flatten(), nn.Linear(3, 3))), "got 0, 1"),
        (lambda: nets.with_gap(nets.lenet5("1998")), "got c1, c1_tanh"),
    ],
)
def test_choices_that_there_are_not(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_map_of_c3_sees_what_table_i_of_the_paper_says():
    table = """
        X . . . X X X . . X X X X . X X
        X X . . . X X X . . X X X X . X
        X X X . . . X X X . . X . X X X
        . X X X . . X X X X . . X . X X
        . . X X X . . X X X X . X X . X
        . . . X X X . . X X X X . X X X
    """
    rows = [line.split() for line in table.strip().splitlines()]
    for made, sees in enumerate(C3_SEES):
        assert set(sees) == {seen for seen, row in enumerate(rows) if row[made] == "X"}


def test_c3_is_a_convolution_with_holes():
    c3, x = PartialConv2d(), torch.rand(2, 6, 14, 14)
    whole = torch.zeros(16, 6, 5, 5)
    links = [(made, seen) for made, sees in enumerate(C3_SEES) for seen in sees]
    for (made, seen), kernel in zip(links, c3.weight, strict=True):
        whole[made, seen] = kernel[0]
    expected = nn.functional.conv2d(x, whole, c3.bias.flatten())
    torch.testing.assert_close(c3(x), expected)


def test_subsampling_is_a_weighted_sum_of_four_pixels_for_each_map():
    s2, x = Subsampling(2), torch.rand(1, 2, 4, 4)
    with torch.no_grad():
        s2.weight[1], s2.bias[1] = 3.0, 0.5
    assert s2(x)[0, 0, 0, 0].item() == pytest.approx(x[0, 0, :2, :2].sum().item() / 4)
    assert s2(x)[0, 1, 1, 0].item() == pytest.approx(x[0, 1, 2:, :2].sum().item() * 3 + 0.5)


def test_the_squashing_function_maps_one_to_one():
    # Appendix A of the paper: A = 1.7159 and S = 2/3 are chosen for f(1) = 1 and f(−1) = −1.
    squashed = ScaledTanh()(torch.tensor([-1.0, 0.0, 1.0]))
    torch.testing.assert_close(squashed, torch.tensor([-1.0, 0.0, 1.0]), atol=1e-4, rtol=0)


def test_the_fixed_outputs_are_squared_distances_to_ten_different_drawings():
    rbf = FixedRBF()
    assert not list(rbf.parameters())
    assert rbf.drawings.shape == (10, 84)
    assert set(rbf.drawings.unique().tolist()) == {-1.0, 1.0}
    x = torch.rand(3, 84)
    torch.testing.assert_close(rbf(x), torch.cdist(x, rbf.drawings) ** 2)
    torch.testing.assert_close(rbf(rbf.drawings).argmin(dim=1), torch.arange(10))


def test_an_eight_has_all_strokes():
    assert len(STROKES) == 10
    assert set(STROKES[8]) == set("abcdefg")
    assert all(set(strokes) < set(STROKES[8]) for digit, strokes in enumerate(STROKES) if digit != 8)


def test_the_network_of_1998_can_learn():
    torch.manual_seed(0)
    model = nets.lenet5("1998")
    distances = model(torch.rand(4, 1, 32, 32))
    assert (distances >= 0).all()
    distances.sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_a_residual_block_whose_convolutions_give_nothing_hands_its_input_on():
    block, x = nets.ResidualBlock(4, 4).eval(), torch.rand(2, 4, 6, 6)
    nn.init.zeros_(block.convolutions[4].weight)  # of the last normalisation
    torch.testing.assert_close(block(x), x)


def test_resnet18_does_the_work_that_its_paper_gives():
    # He and others (2016), table 1: 1.8 · 10⁹ multiply-adds.
    table = count.layer_table(on_meta(nets.resnet18), (3, 224, 224))
    assert round(table.macs / 1e9, 1) == 1.8
    assert table["conv5_2.convolutions.0"].output_shape == (512, 7, 7)
